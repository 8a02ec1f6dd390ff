from pathlib import Path

import pytest

import needs
from clients.client import clients
from clients.job import Jobs
from program import Cli


@pytest.fixture
def jobs(name: str, cli: Cli, tmp_path: Path, request: pytest.FixtureRequest) -> Jobs:
    """The jobs of the client that a test is made for, if it is installed."""
    client = clients()[name]
    needs.client(client.program)
    jobs = Jobs(client, cli, tmp_path)
    if client.engine:
        jobs.environment |= request.getfixturevalue("engine")
    if request.config.getoption("--record"):
        request.node.user_properties += [("client", name), ("version", jobs.version())]
        request.node.user_properties += [("proves", mark.args[0]) for mark in request.node.iter_markers("proves")]
    return jobs
