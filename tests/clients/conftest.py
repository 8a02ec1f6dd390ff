from pathlib import Path

import pytest

import needs
from clients.client import Client, clients
from clients.job import Jobs
from program import Cli


@pytest.fixture
def client(name: str, request: pytest.FixtureRequest) -> Client:
    """The client that a test is made for, if it is installed."""
    found = clients()[name]
    needs.client(found.program)
    if found.engine:
        request.getfixturevalue("engine")
    return found


@pytest.fixture
def jobs(name: str, client: Client, cli: Cli, tmp_path: Path, request: pytest.FixtureRequest) -> Jobs:
    """The jobs of that client."""
    jobs = Jobs(client, cli, tmp_path)
    if request.config.getoption("--record"):
        request.node.user_properties += [("client", name), ("version", jobs.version())]
        request.node.user_properties += [("proves", mark.args[0]) for mark in request.node.iter_markers("proves")]
    return jobs
