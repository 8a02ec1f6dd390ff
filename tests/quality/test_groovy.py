"""The Jenkins step: its linter, and its tests on Jenkins' own Groovy and CPS engine, through Maven."""

import subprocess
from pathlib import Path

import pytest

from needs import need


def run(command: list[str], folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, (result.stdout + result.stderr)[-20_000:]
    return result.stdout


@pytest.mark.timeout(900)  # the first time, Maven fetches Jenkins
def test_the_steps_own_tests_pass(repository: Path) -> None:
    need("java", "mvn", "kill")
    printed = run(["mvn", "--batch-mode", "--no-transfer-progress", "test"], repository / "tests/groovy")
    assert "Tests run: " in printed
    assert "Skipped: 0" in printed


def test_the_groovy_linter_finds_nothing(repository: Path) -> None:
    need("java", "node", "npm")
    lint = repository / "tests/groovy/lint"
    if not (lint / "node_modules/.package-lock.json").exists():
        run(["npm", "ci", "--no-audit", "--no-fund"], lint)
    linter = lint / "node_modules/.bin/npm-groovy-lint"
    run([str(linter), "--noserver", "--failon", "warning", "--path", "vars", "--files", "**/*.groovy"], repository)
