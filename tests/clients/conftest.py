from pathlib import Path

import pytest

import needs
from clients.client import Client, clients
from clients.job import Jobs
from program import Cli


@pytest.fixture
def client(name: str) -> Client:
    """The client that a test is made for, if it is installed."""
    found = clients()[name]
    needs.client(found.program)
    return found


@pytest.fixture
def jobs(client: Client, cli: Cli, tmp_path: Path) -> Jobs:
    return Jobs(client, cli, tmp_path)
