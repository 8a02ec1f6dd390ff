"""For all suites: the sandbox's fixtures, and what a skip means in CI."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from program import Cli
from sandbox import Sandbox

pytest_plugins = ["sandbox.fixtures"]

ROOT = Path(__file__).parent.parent
IN_CI = os.environ.get("CI", "").lower() == "true"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "may_skip_in_ci: needs what no CI has, such as a Jenkins to test against")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI everything is installed: a test that skips there would be a check that nobody makes."""
    report = yield
    if IN_CI and report.skipped and item.get_closest_marker("may_skip_in_ci") is None:
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture
def cli(sandbox: Sandbox, tmp_path: Path) -> Cli:
    """The command, in the sandbox's world."""
    return Cli(sandbox, tmp_path / "login")
