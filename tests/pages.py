"""The examples of the documentation, which tests run as they are shown."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def example(page: str, name: str) -> str:
    """Return the code block below `<!-- example: NAME -->` on a page of docs/."""
    text = (DOCS / page).read_text()
    (found,) = re.findall(rf"(?s)<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", text)
    return str(found)
