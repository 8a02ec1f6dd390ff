"""Links of the documentation point to files, headings and anchors that exist."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

LINK = re.compile(r"\]\(([^)\s]+)\)")
NOT_TEXT = re.compile(r"(?ms)^ *```.*?^ *```|`[^`\n]+`")


def anchors(page: str) -> set[str]:
    """Return the anchors of a page: its headings, named as GitHub names them, and its <a id>."""
    text = re.sub(r"(?ms)^ *```.*?^ *```", "", page)
    headings = [
        re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line)).lower().replace(" ", "-")
        for line in re.findall(r"(?m)^#+ (.+)$", text)
    ]
    again = [f"{name}-{number}" for name, count in Counter(headings).items() for number in range(1, count)]
    return {*headings, *again, *re.findall(r'<a id="([^"]+)"', text)}


def dead(page: Path) -> list[str]:
    """Return the links of a page that point to nothing."""
    found = []
    for link in LINK.findall(NOT_TEXT.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and (target.is_dir() or anchor not in anchors(target.read_text()))):
            found.append(link)
    return found


def test_every_test_that_a_page_names_exists(repository: Path, tracked_files: list[str]) -> None:
    texts = {name: (repository / name).read_text() for name in tracked_files if name.endswith((".md", ".py"))}
    names = {name for page in texts if page.startswith("docs/") for name in re.findall(r"`(test_\w+)`", texts[page])}
    tests = "".join(text for name, text in texts.items() if name.startswith("tests/"))

    assert names
    assert {name for name in names if f"def {name}(" not in tests} == set()


def test_every_link_points_to_a_file_and_an_anchor_in_it(repository: Path, tracked_files: list[str]) -> None:
    pages = [name for name in tracked_files if name.endswith(".md")]

    assert "README.md" in pages
    assert {name: links for name in pages if (links := dead(repository / name))} == {}
