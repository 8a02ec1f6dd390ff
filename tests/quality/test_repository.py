"""Rules that every file of the repository keeps."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from cloudsmith_oidc import __version__

LAUNCHER = "resources/cloudsmith/oidc/cloudsmith-oidc.sh"
PACKAGE = "python/src/cloudsmith_oidc/version.py"
TOKEN = re.compile(rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.")
# Without ".org", so that this file itself keeps the rule.
HOSTS = ("pypi", "pythonhosted", "registry.npmjs", "repo.maven", "repo.maven.apache", "deb.debian")
REGISTRIES = [f"{name}.org".encode() for name in HOSTS]


def contents(repository: Path, names: list[str]) -> dict[str, bytes]:
    return {name: (repository / name).read_bytes() for name in names if not (repository / name).is_symlink()}


def test_no_symbolic_links(repository: Path, tracked_files: list[str]) -> None:
    """Jenkins refuses a library that has one."""
    assert [name for name in tracked_files if (repository / name).is_symlink()] == []


def test_no_text_is_shaped_like_a_token(repository: Path, tracked_files: list[str]) -> None:
    assert [name for name, text in contents(repository, tracked_files).items() if TOKEN.search(text)] == []


def test_no_file_names_a_package_registry(repository: Path, tracked_files: list[str]) -> None:
    files = contents(repository, tracked_files).items()
    assert [(name, registry) for name, text in files for registry in REGISTRIES if registry in text] == []


def test_two_modules_write_files(repository: Path) -> None:
    """They follow no link and replace nothing but plain files: tests/directory, tests/explain. Others must use them."""
    writes = re.compile(
        r"""O_CREAT|mkdir|rmdir|write_(text|bytes)|\.touch\(|shutil|tempfile|open\(.*["'][wax]|"""
        r"os\.(rename|replace|unlink|remove|link|symlink|truncate)"
    )
    modules = (repository / "python/src").rglob("*.py")
    assert {path.name for path in modules if writes.search(path.read_text())} == {
        "login_directory.py",
        "output_file.py",
    }


def git(repository: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True, check=True).stdout


def versions(launcher: str, changelog: str) -> list[str]:
    """Return the launcher's version and that of the changelog's newest part."""
    return re.findall(r"(?m)^version=(\S+)$", launcher) + re.findall(r"(?m)^## \[?(\d[^\s\]]*)", changelog)[:1]


def test_launcher_changelog_and_pages_have_the_package_version(repository: Path, tracked_files: list[str]) -> None:
    assert versions((repository / LAUNCHER).read_text(), (repository / "CHANGELOG.md").read_text()) == [__version__] * 2
    pages = "".join((repository / name).read_text() for name in tracked_files if name.endswith(".md"))
    for place in ("cloudsmith-oidc:", "--branch v", "launcher of "):
        assert set(re.findall(rf"{place}(\d[\w.-]*\w)", pages)) == {__version__}, place
    # How to upgrade is shown with a later tag.
    assert __version__ in re.findall(r"cloudsmith-oidc@v(\d[\w.-]*\w)", pages)


@pytest.mark.usefixtures("tracked_files")  # which skips where there is no git
def test_tag_matches_version_and_changelog_has_a_date(repository: Path) -> None:
    commits = {tag: tag for tag in git(repository, "tag", "--list", "v*").split()}
    if tag := os.environ.get("TAG_NAME"):  # Jenkins builds a tag without fetching it as one
        commits[tag] = "HEAD"
    for tag, commit in commits.items():
        package, launcher, changelog = (
            git(repository, "show", f"{commit}:{name}") for name in (PACKAGE, LAUNCHER, "CHANGELOG.md")
        )
        version = tag.removeprefix("v")
        assert f'__version__ = "{version}"\n' in package
        assert versions(launcher, changelog) == [version, version]
        assert re.search(rf"(?m)^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$", changelog), tag


def test_lines_end_without_spaces_and_files_with_a_line(repository: Path, tracked_files: list[str]) -> None:
    for name, content in contents(repository, tracked_files).items():
        if name.endswith(".png") or not content:
            continue
        text = content.decode()
        assert text.endswith("\n"), name
        assert "\r" not in text, name
        assert [line for line in text.split("\n") if line != line.rstrip()] == [], name


def test_every_mutant_fits_the_code_and_names_tests_that_exist(repository: Path) -> None:
    """Only people run them, so nobody would notice."""
    by_hand = tomllib.loads((repository / "tests/mutants/hand.toml").read_text())
    for part, file in (("launcher", LAUNCHER), ("step", "vars/cloudsmithOidc.groovy")):
        text = (repository / file).read_text()
        assert [one["old"] for one in by_hand[part] if text.count(one["old"]) != 1] == []
    modules = tomllib.loads((repository / "python/pyproject.toml").read_text())["tool"]["mutants"].values()
    commands = [*modules, *(one["test"] for one in by_hand["launcher"])]
    named = {path for command in commands for path in re.findall(r"(?<!\S)tests/\S+", command)}
    assert {path for path in named if not (repository / path).exists()} == set()
