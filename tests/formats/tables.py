"""What other files say about all formats, from the formats themselves. `python -m formats` writes it."""

import re
from collections.abc import Iterable
from pathlib import Path

from cloudsmith_oidc import formats
from cloudsmith_oidc.formats.base import Format, Override
from formats.page import known_formats
from pages import with_part

ROOT = Path(__file__).parent.parent.parent


def variables(_page: str) -> str:
    """The variables that a login may set, one a line: the step takes no other."""
    names = {formats.OURS}
    for form in _all():
        names.update(form.variables, *(one.names for one in form.overrides if one.undo))
    return "".join(f"{name}\n" for name in sorted(names))


def launcher(page: str) -> str:
    """The launcher, with the names of what formats want to know of the job and of the home directory."""
    for name, words in {
        "extended": [form.extends for form in _all()],
        "families": [_families(one) for form in _all() for one in form.overrides],
        "home_files": [form.home for form in _all()],
        "home_marks": [form.marks + form.user_files + form.hidden_files for form in _all()],
        "home_logins": [form.logins for form in _all()],
    }.items():
        page = _with_line(page, name, _sorted(words))
    return page


def docs(page: str) -> str:
    """The page on formats, with what is known of each and what its clients' tests have proven."""
    return with_part(page, "formats: written by tests/formats", known_formats())


PARTS = {
    "docs/formats.md": docs,
    "resources/cloudsmith/oidc/variables.txt": variables,
    "resources/cloudsmith/oidc/cloudsmith-oidc.sh": launcher,
}
"""What is written, by path: from the file as it is, the file as it has to be."""


def _all() -> list[Format]:
    return [formats.load(name) for name in formats.names()]


def _families(override: Override) -> tuple[str, ...]:
    """The parts of an override's names before the first underscore, by which the launcher knows the variables."""
    families = tuple(name.partition("_")[0] for name in override.names)
    return (*families, *map(str.lower, families)) if override.any_case else families


def _sorted(names: Iterable[Iterable[str]]) -> list[str]:
    return sorted({name for some in names for name in some})


def _with_line(page: str, name: str, words: list[str]) -> str:
    """The page with the words as the value of a variable of the shell."""
    page, found = re.subn(rf'(?m)^{name}="[^"]*"$', f'{name}="{" ".join(words)}"', page)
    assert found == 1, f"there is no line {name}="
    return page


def write() -> None:
    """Bring all of these files up to date."""
    for path, part in PARTS.items():
        file = ROOT / path
        file.write_text(part(file.read_text() if file.exists() else ""))
