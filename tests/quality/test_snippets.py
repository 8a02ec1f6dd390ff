"""What README.md and docs/ show as code can at least be read by what it is for. The Groovy is tests/groovy's."""

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
PAIRS = {")": "(", "]": "[", "}": "{"}


def is_shell(text: str) -> None:
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)
    # SC1091: what a login writes cannot be looked into here.
    check = [str(BIN / "shellcheck"), "--shell=sh", "--exclude=SC1091", "-"]
    result = subprocess.run(check, input=text, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def is_dockerfile(text: str) -> None:
    result = subprocess.run([str(BIN / "hadolint"), "-"], input=text, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def is_python(text: str) -> None:
    compile(text, "snippet", "exec")


def is_yaml(text: str) -> None:
    assert all(isinstance(document, dict | list) for document in yaml.safe_load_all(text))


def has_its_brackets_closed(text: str) -> None:
    """All that is looked at in HCL, of which no parser is among the tools."""
    opened = []
    for bracket in re.findall(r"[][(){}]", re.sub(r'"(?:[^"\\\n]|\\.)*"|#.*', "", text)):
        if bracket in PAIRS.values():
            opened.append(bracket)
        else:
            assert opened, f"{bracket} closes nothing"
            assert opened.pop() == PAIRS[bracket]
    assert opened == []


CHECKS: dict[str, Callable[[str], object]] = {
    "dockerfile": is_dockerfile,
    "hcl": has_its_brackets_closed,
    "json": json.loads,
    "python": is_python,
    "sh": is_shell,
    "yaml": is_yaml,
}
ELSEWHERE = {"groovy", "mermaid"}  # tests/groovy/src/test/java/step/SnippetsTest.java, test_structure.py


def snippets() -> list[object]:
    return [
        pytest.param(
            block[1],
            textwrap.dedent(block[2]),
            id=f"{page.relative_to(TOP)}:{text[: block.start()].count(chr(10)) + 1}",
        )
        for page in [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
        for text in [page.read_text()]
        for block in BLOCK.finditer(text)
        if block[1] not in ELSEWHERE
    ]


@pytest.mark.parametrize(("language", "text"), snippets())
def test_a_snippet_can_be_read(language: str, text: str) -> None:
    assert language in CHECKS, f"nothing here checks {language or 'a block without a language'}"
    CHECKS[language](text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("dockerfile", "FORM a:1\n"),
        ("hcl", 'a = { b = "}" '),
        ("hcl", "a = [ } ]"),
        ("hcl", "}"),
        ("json", "{'a': 1}"),
        ("python", "if:"),
        ("sh", "if true"),
        ("sh", 'a=1\nrm -r $a"'),
        ("sh", "cat $file"),
        ("yaml", "a: b: c"),
        ("yaml", "a"),
    ],
)
def test_a_mistake_is_seen(language: str, text: str) -> None:
    with pytest.raises((AssertionError, ValueError, SyntaxError, yaml.YAMLError, subprocess.CalledProcessError)):
        CHECKS[language](text)
