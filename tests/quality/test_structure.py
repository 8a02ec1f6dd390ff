"""The drawing of docs/structure.md beside what the modules import."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "cloudsmith_oidc"
ALL = "base"
"""The box to which arrows are not drawn."""


@pytest.fixture
def drawing(repository: Path) -> str:
    text = (repository / "docs/structure.md").read_text()
    (found,) = re.findall(r"(?s)<!-- structure -->\n```mermaid\n(.*?)```", text)
    return str(found)


@pytest.fixture
def boxes(drawing: str) -> dict[str, str]:
    """The box of each module."""
    titled = re.findall(r'(?m)^    (\w+)\["<b>.*</b><br>(.*)"\]$', drawing)
    pairs = [(module, box) for box, modules in titled for module in modules.split(", ")]
    assert len(dict(pairs)) == len(pairs), "a module is in two boxes"
    return dict(pairs)


def modules(package: Path) -> dict[str, list[Path]]:
    """The files of each module at the top of the package, which may be a package itself."""
    found = {path.stem: [path] for path in package.glob("*.py")}
    return found | {path.parent.name: sorted(path.parent.rglob("*.py")) for path in package.glob("*/__init__.py")}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            top, *below = (node.module or "").split(".")
            if top == PACKAGE:
                yield from below[:1] or (alias.name for alias in node.names)


def test_every_module_is_in_one_box(repository: Path, boxes: dict[str, str]) -> None:
    assert sorted(boxes) == sorted(modules(repository / "python/src" / PACKAGE))


def test_the_arrows_are_the_imports(repository: Path, drawing: str, boxes: dict[str, str]) -> None:
    real = {
        (boxes[module], boxes[other])
        for module, files in modules(repository / "python/src" / PACKAGE).items()
        for file in files
        for other in imported(file)
        if other in boxes and boxes[other] != boxes[module]
    }
    drawn = re.findall(r"(?m)^    (\w+) --> (\w+)$", drawing)
    assert sorted(drawn) == sorted(arrow for arrow in real if arrow[1] != ALL)
    assert {box for box, _ in real} | {ALL} == set(boxes.values())
    assert [arrow for arrow in real if arrow[0] == ALL] == []


def test_the_parts_outside_the_program_are_there(repository: Path, drawing: str) -> None:
    paths = re.findall(r'"([\w/-]+/[\w.-]+)"\]', drawing)
    assert len(paths) == 2
    step, launcher = ((repository / path).read_text() for path in paths)
    assert paths[1].removeprefix("resources/") in step
    assert "set -- cloudsmith-oidc " in launcher
