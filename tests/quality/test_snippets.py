"""The code that README.md and docs/ show can be parsed, and linters find nothing in it. tests/groovy checks Groovy."""

import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

BIN = Path(sys.executable).parent
TOP = Path(__file__).parents[2]
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
NOT_CHECKED_HERE = {"groovy", "hcl", "mermaid"}


def linter(program: str, *arguments: str) -> Callable[[str], None]:
    """Return a check of a text by a program that reads it from stdin."""

    def check(text: str) -> None:
        command = [str(BIN / program), *arguments, "-"]
        result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout

    return check


CHECKS: dict[str, Callable[[str], object]] = {
    "dockerfile": linter("hadolint"),
    "json": json.loads,
    "python": lambda text: compile(text, "snippet", "exec"),
    # SC1091: shellcheck cannot read the file that a login writes.
    "sh": linter("shellcheck", "--shell=sh", "--exclude=SC1091"),
    "yaml": lambda text: list(yaml.safe_load_all(text)),
}


def snippets() -> list[object]:
    return [
        pytest.param(block[1], textwrap.dedent(block[2]), id=f"{page.relative_to(TOP)}:{line}")
        for page in [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
        for text in [page.read_text()]
        for block in BLOCK.finditer(text)
        for line in [text[: block.start()].count("\n") + 1]
        if block[1] not in NOT_CHECKED_HERE
    ]


@pytest.mark.parametrize(("language", "text"), snippets())
def test_snippet_is_correct(language: str, text: str) -> None:
    assert language in CHECKS, f"nothing checks the language {language!r}"
    CHECKS[language](text)
