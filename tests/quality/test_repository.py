"""Rules that every file of the repository keeps."""

import os
import re
import subprocess
from pathlib import Path

import yaml

from cloudsmith_oidc import __version__
from needs import need

LAUNCHER = "resources/cloudsmith/oidc/cloudsmith-oidc.sh"
PACKAGE = "python/src/cloudsmith_oidc/version.py"
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


def git(repository: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True, check=True).stdout


def versions(launcher: str, changelog: str) -> list[str]:
    """Of the launcher, and of the changelog's newest part."""
    return re.findall(r"(?m)^version=(\S+)$", launcher) + re.findall(r"(?m)^## \[?(\d[^\s\]]*)", changelog)[:1]


def test_everything_has_the_version_of_the_package(repository: Path, tracked_files: list[str]) -> None:
    assert versions((repository / LAUNCHER).read_text(), (repository / "CHANGELOG.md").read_text()) == [__version__] * 2
    pages = "".join((repository / name).read_text() for name in tracked_files if name.endswith(".md"))
    for place in ("cloudsmith-oidc:", "--branch v", "launcher of "):
        assert set(re.findall(rf"{place}(\d[\w.-]*\w)", pages)) == {__version__}, place
    # How to upgrade is shown with a later tag.
    assert __version__ in re.findall(r"cloudsmith-oidc@v(\d[\w.-]*\w)", pages)


def test_a_tag_is_the_version_of_its_commit_and_the_changelog_says_when(
    repository: Path, tracked_files: list[str]
) -> None:
    assert tracked_files  # so that it is skipped where there is no git
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


def test_text_is_written_as_editors_are_told(repository: Path, tracked_files: list[str]) -> None:
    for name, content in contents(repository, tracked_files).items():
        if name.endswith(".png") or not content:
            continue
        text = content.decode()
        assert text.endswith("\n"), name
        assert "\r" not in text, name
        assert [line for line in text.split("\n") if line != line.rstrip()] == [], name


def test_what_runs_before_a_commit_is_here_and_comes_from_nowhere_else(repository: Path) -> None:
    (source,) = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text())["repos"]
    assert source["repo"] == "local"
    for hook in source["hooks"]:
        assert hook["language"] == "system"
        program = hook["entry"].split()[0]
        assert program == "make" or (repository / program).is_file(), program


def test_each_goal_of_make_says_what_it_does_and_calls_what_there_is(repository: Path) -> None:
    need("make")
    text = (repository / "Makefile").read_text()
    goals = re.findall(r"(?m)^([a-z]\S*):.*## \S", text)
    assert {"test", "lint", "demo", "bench", "release"} <= set(goals)
    assert sorted(goals) == sorted(re.findall(r"(?m)^([a-z]\S*):(?!=)", text))
    dry = ["make", "--dry-run", "--no-print-directory", *(goal for goal in goals if goal != "help")]
    would = subprocess.run(dry, cwd=repository, capture_output=True, text=True, check=True).stdout
    called = {path.removeprefix("../") for path in re.findall(r"[\w.-]+/[\w./-]+", would)}
    assert {"tests/run.sh", "tests/demo.sh", "tests/bench/login.py", ".ci/run"} <= called
    assert [path for path in sorted(called) if not (repository / path).exists()] == []
