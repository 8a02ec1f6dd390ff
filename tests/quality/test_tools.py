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
    "shellcheck": ["shellcheck", "--external-sources", ".ci/run"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_tool_finds_nothing(tool: str, repository: Path) -> None:
    program, *arguments = TOOLS[tool]
    if tool == "shellcheck":
        found = [path for folder in ("python", "resources", "tests") for path in (repository / folder).rglob("*.sh")]
        arguments += [str(path) for path in found if "node_modules" not in path.parts]
    command = [str(BIN / program), *arguments]
    result = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
