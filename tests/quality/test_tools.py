"""The linters and the type checker, with the settings of python/pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
CONFIG = "python/pyproject.toml"

TOOLS = {
    "ruff check": ["ruff", "check", "--config", CONFIG, "python", "tests"],
    "ruff format": ["ruff", "format", "--check", "--config", CONFIG, "python", "tests"],
    "mypy": ["mypy", "--config-file", CONFIG, "python/src", "tests"],
    "hadolint": ["hadolint", "Dockerfile"],
}


def run(command: list[str], repository: Path) -> None:
    result = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("tool", TOOLS)
def test_tool_finds_nothing(tool: str, repository: Path) -> None:
    program, *arguments = TOOLS[tool]
    run([str(BIN / program), *arguments], repository)


def test_shellcheck_finds_nothing(repository: Path, tracked_files: list[str]) -> None:
    scripts = [name for name in tracked_files if name.endswith(".sh") or name == ".ci/run"]
    assert scripts
    run([str(BIN / "shellcheck"), "--external-sources", *scripts], repository)
