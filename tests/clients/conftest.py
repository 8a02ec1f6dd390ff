from pathlib import Path

import pytest

import needs
from clients.client import Client, clients
from clients.job import Jobs
from program import Cli
from sandbox.registries import KINDS


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is about a client that not every CI run has, wherever it stands here."""
    known = clients()
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            client = known.get(str(item.callspec.params.get("name")))
            if client and not client.in_ci and Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.on_request)


@pytest.fixture
def client(name: str, cli: Cli, tmp_path: Path, request: pytest.FixtureRequest) -> Client:
    """The client that a test is made for, if it is installed."""
    found = clients()[name]
    registry = KINDS.get({"yarn": "npm", "bundler": "ruby", "rubygems": "ruby"}.get(found.format, found.format))
    needs.need(found.program, *(registry.programs if registry else ()))
    cli.sandbox.grant("Write")
    if found.engine:
        request.getfixturevalue("engine")
    proves = [("proves", mark.args[0]) for mark in request.node.iter_markers("proves")]
    if proves and request.config.getoption("--record"):
        # In a home of its own: some clients begin to fill it.
        version = Jobs(found, cli, tmp_path / "version").version()
        request.node.user_properties += [("client", name), ("version", version), *proves]
    return found


@pytest.fixture
def jobs(client: Client, cli: Cli, tmp_path: Path) -> Jobs:
    """The jobs of that client."""
    return Jobs(client, cli, tmp_path)
