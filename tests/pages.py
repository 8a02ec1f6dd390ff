"""The pages of the documentation: their examples, which tests run as they are shown, and what is generated there."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def example(page: str, name: str) -> str:
    """Return the code block below `<!-- example: NAME -->` on a page of docs/."""
    text = (DOCS / page).read_text()
    (found,) = re.findall(rf"(?s)<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", text)
    return str(found)


def with_part(page: str, title: str, part: str) -> str:
    """Return a page in which what is between `<!-- TITLE -->` and `<!-- end -->` is written anew."""
    before, begin, rest = page.partition(f"<!-- {title} -->\n")
    assert begin, f"the page has no <!-- {title} -->"
    _, end, after = rest.partition("<!-- end -->")
    return f"{before}{begin}{part}\n{end}{after}"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [titles, ["---"] * len(titles), *rows])
