"""The questions run with `--cloudsmith` only, and with an API key of the workspace to ask: docs/real-service.md."""

import os
import signal
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from cloudsmith.belief import beliefs, record
from cloudsmith.hosting import NotHostedError
from cloudsmith.workspace import DEFAULT_API, Workspace
from sandbox.issuer import Issuer

Settle = Callable[..., None]
API_CLIENT = f"cloudsmith-api {version('cloudsmith-api')}"
NEEDED = ("CLOUDSMITH_API_KEY", "CLOUDSMITH_ORG")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the questions in a run of all tests: they change a workspace that the environment happens to name."""
    asked = config.getoption("--cloudsmith")
    lacking = [name for name in NEEDED if not os.environ.get(name)]
    reason = f"set {' and '.join(lacking)}" if asked and lacking else "make verify-cloudsmith asks the real service"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.may_skip_in_ci)
            if lacking or not asked:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def workspace(pytestconfig: pytest.Config) -> Iterator[Workspace]:
    """The workspace, with what the questions need in it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that it ends as with Ctrl-C
    api_host = os.environ.get("CLOUDSMITH_API_HOST", DEFAULT_API).rstrip("/")
    workspace = Workspace(os.environ["CLOUDSMITH_ORG"], os.environ["CLOUDSMITH_API_KEY"], api_host)
    capture = pytestconfig.pluginmanager.get_plugin("capturemanager")
    assert capture
    with capture.global_and_fixture_disabled():
        pytestconfig.get_terminal_writer().line(f"\n{workspace.plan}")
    with workspace:
        yield workspace


@pytest.fixture
def issuer(workspace: Workspace) -> Issuer:
    """An issuer that Cloudsmith can verify."""
    try:
        return workspace.issuer()
    except NotHostedError as problem:
        pytest.skip(str(problem))


@pytest.fixture
def settle() -> Settle:
    """Record the answer to a question, and fail if the product believes another."""

    def settle(name: str, answer: str, versions: str = API_CLIENT) -> None:
        record(name, answer, versions)
        if contradiction := beliefs()[name].contradicted_by(answer):
            pytest.fail(contradiction, pytrace=False)

    return settle
