"""For all suites: fixtures, which tests run, what a skip means in CI, and the end of a test that hangs."""

import os
import signal
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psutil
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

import needs
from container.build import built
from in_process import InProcess
from program import Cli
from proven import Record
from sandbox import Sandbox
from sandbox.registries.child import WATCHED

pytest_plugins = ["sandbox.fixtures", "launcher.fixtures"]

ROOT = Path(__file__).parent.parent

# The same examples in each run, as CI must not fail by chance. `make fuzz` tries others, for hours, after those that
# failed earlier.
_ANYWHERE = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
settings.register_profile("quick", _ANYWHERE, derandomize=True, max_examples=100)
_FAILED = DirectoryBasedExampleDatabase(ROOT / ".cache/examples")
settings.register_profile("hours", _ANYWHERE, database=_FAILED, max_examples=100_000, print_blob=True)
settings.load_profile("quick")

IN_CI = os.environ.get("CI", "").lower() == "true"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "may_skip_in_ci: may be skipped in CI, such as tests that need a Jenkins")
    config.addinivalue_line("markers", "on_request: only --every-client runs it")
    config.addinivalue_line("markers", "proves: what the test proves of a client")
    if config.getoption("--record") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Record())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-client", action="store_true", help="run the tests of all package clients")
    parser.addoption("--cloudsmith", action="store_true", help="make, use and remove things in the real CLOUDSMITH_ORG")
    parser.addoption("--record", action="store_true", help="write what clients prove to tests/clients/proven.json")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the clients that CI does not install. Begin with tests of minutes, or one process waits at the end."""
    if not config.getoption("--every-client"):
        left_out = [item for item in items if item.get_closest_marker("on_request")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test in CI, where all programs are installed: nobody would notice that it does not run."""
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
    """Kill the processes of a test before pytest-timeout fails it: `with Popen(…)` would still wait for them."""
    result = yield
    fail = signal.getsignal(signal.SIGALRM)
    assert callable(fail)

    def end(number: int, frame: FrameType | None) -> None:
        kill_children(psutil.Process())
        fail(number, frame)

    signal.signal(signal.SIGALRM, end)
    return result


def kill_children(parent: psutil.Process) -> None:
    """Kill the processes that a process started, and theirs, except the registries, which other tests use."""
    for child in parent.children():
        with suppress(psutil.NoSuchProcess):
            if WATCHED not in child.cmdline():
                kill_children(child)
                child.kill()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture
def cli(sandbox: Sandbox, tmp_path: Path) -> Cli:
    """The command, in the sandbox's world."""
    return Cli(sandbox, tmp_path / "login")


@pytest.fixture
def in_process(sandbox: Sandbox, tmp_path: Path) -> InProcess:
    """The same in the tests' process: for many cases."""
    return InProcess(sandbox, tmp_path / "login")


@pytest.fixture(scope="session")
def engine() -> dict[str, str]:
    """The environment that points to the Docker engine."""
    if reason := needs.lacking_engine():
        pytest.skip(reason)
    return {name: os.environ[name] for name in ("DOCKER_HOST", "PATH") if name in os.environ}


@pytest.fixture(scope="session")
def image(repository: Path, engine: dict[str, str]) -> Iterator[str]:
    """The project's image, built for this run under its own name."""
    arguments = ("--build-arg", "VERSION=1.2.3", "--build-arg", "REVISION=0123abc")
    with built(repository, engine, "test", *arguments) as name:
        yield name
