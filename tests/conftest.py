"""For all suites: the sandbox's fixtures, what a skip means in CI, and the end of a test that does not end."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psutil
import pytest

import needs
from program import Cli
from proven import Record
from sandbox import Sandbox
from sandbox.registries.child import WATCHED

pytest_plugins = ["sandbox.fixtures"]

ROOT = Path(__file__).parent.parent
IN_CI = os.environ.get("CI", "").lower() == "true"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "may_skip_in_ci: needs what no CI has, such as a Jenkins to test against")
    config.addinivalue_line("markers", "on_request: of a client that only --every-client runs")
    config.addinivalue_line("markers", "proves: what a client's test proves, in a word or two")
    if config.getoption("--record") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Record())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-client", action="store_true", help="run the tests of all package clients")
    parser.addoption("--record", action="store_true", help="write what clients prove to tests/clients/proven.json")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the clients that a plain CI machine should not wait for."""
    if not config.getoption("--every-client"):
        left_out = [item for item in items if item.get_closest_marker("on_request")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI everything is installed: a test that skips there would be a check that nobody makes."""
    report = yield
    if IN_CI and report.skipped and item.get_closest_marker("may_skip_in_ci") is None:
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the skipped tests by reason, which pytest lists by place, and say how to install all that is lacking."""
    skipped = terminalreporter.getreports("skipped")
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    if reasons:
        terminalreporter.section("not tested here", sep="-")
    for reason, number in reasons.most_common():
        terminalreporter.write_line(f"{number} skipped: {reason}")
    if command := needs.installation(reasons):
        terminalreporter.write_line(f"To test it: {command}")


@pytest.hookimpl(wrapper=True)
def pytest_timeout_set_timer() -> Generator[None, object, object]:
    """Before pytest-timeout fails a test, kill what the test started: `with Popen(…)` would wait for it even then."""
    result = yield
    fail = signal.getsignal(signal.SIGALRM)
    assert callable(fail)

    def end(number: int, frame: FrameType | None) -> None:
        kill_children(psutil.Process())
        fail(number, frame)

    signal.signal(signal.SIGALRM, end)
    return result


def kill_children(parent: psutil.Process) -> None:
    """Kill the processes that a process started, and theirs. The registries stay for other tests: they end with us."""
    for child in parent.children():
        with suppress(psutil.NoSuchProcess):
            if WATCHED not in child.cmdline():
                kill_children(child)
                child.kill()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture
def cli(sandbox: Sandbox, tmp_path: Path) -> Cli:
    """The command, in the sandbox's world."""
    return Cli(sandbox, tmp_path / "login")


@pytest.fixture(scope="session")
def engine() -> dict[str, str]:
    """The environment that leads to the Docker engine."""
    if reason := needs.lacking_engine():
        pytest.skip(reason)
    return {name: os.environ[name] for name in ("DOCKER_HOST", "PATH") if name in os.environ}


@pytest.fixture(scope="session")
def image(repository: Path, engine: dict[str, str]) -> Iterator[str]:
    """The project's image, built under a name and with an ID of this run's own."""
    name = f"cloudsmith-oidc-test:{os.getpid()}"
    names = ["--label", f"test={name}", "--tag", name]
    arguments = ["--build-arg", "VERSION=1.2.3", "--build-arg", "REVISION=0123abc"]
    build = ["docker", "build", "--quiet", "--network", "host", *names, *arguments, "."]
    subprocess.run(build, cwd=repository, env={**os.environ, **engine}, check=True)
    yield name
    # A container that is left, of a test that was ended, would keep the image.
    remove = 'docker ps --all --quiet --filter "ancestor=$1" | xargs -r docker rm --force && docker rmi --force "$1"'
    subprocess.run(["sh", "-c", remove, "sh", name], env={**os.environ, **engine}, capture_output=True, check=True)
