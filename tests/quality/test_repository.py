"""Rules that every file of the repository keeps."""

import re
from pathlib import Path

from cloudsmith_oidc import __version__

TOKEN = re.compile(rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.")
# In parts, so that this file keeps the rule, too.
REGISTRIES = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("maven", "org"),
        ("repo", "maven", "apache", "org"),
        ("deb", "debian", "org"),
    ]
]


def contents(repository: Path, names: list[str]) -> dict[str, bytes]:
    return {name: (repository / name).read_bytes() for name in names if not (repository / name).is_symlink()}


def test_no_symbolic_links_because_jenkins_refuses_a_library_with_one(
    repository: Path, tracked_files: list[str]
) -> None:
    assert [name for name in tracked_files if (repository / name).is_symlink()] == []


def test_nothing_has_the_shape_of_a_token(repository: Path, tracked_files: list[str]) -> None:
    assert [name for name, text in contents(repository, tracked_files).items() if TOKEN.search(text)] == []


def test_no_lock_file_names_a_package_registry(repository: Path, tracked_files: list[str]) -> None:
    found = [
        (name, registry)
        for name, text in contents(repository, tracked_files).items()
        for registry in REGISTRIES
        if registry.encode() in text
    ]
    assert found == []


def test_everything_has_the_same_version(repository: Path) -> None:
    launcher = (repository / "resources/cloudsmith/oidc/cloudsmith-oidc.sh").read_text()
    changelog = (repository / "CHANGELOG.md").read_text()
    assert re.findall(r"(?m)^version=(\S+)$", launcher) == [__version__]
    assert re.findall(r"(?m)^## \[?(\d[^\s\]]*)", changelog)[0] == __version__
