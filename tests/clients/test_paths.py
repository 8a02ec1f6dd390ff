"""A login directory whose path has every special character of shells and of clients' files."""

from pathlib import Path

import pytest

from clients.client import Client
from clients.job import Jobs
from program import Cli

PATH = "it's 100 %41 $HOME `id` \\n ü;#=[{}](x),*?&|<>~!"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("dnf", PATH.translate(dict.fromkeys(map(ord, " ,=*?[")))),
        ("apt", PATH),
        *((name, f'{PATH}"') for name in ("curl", "git", "r")),
    ],
)
def test_client_finds_its_login_at_any_path(client: Client, cli: Cli, tmp_path: Path, path: str) -> None:
    jobs = Jobs(client, cli, tmp_path)
    cli.directory = tmp_path / path
    jobs.log_in()

    jobs.succeeds(client.read)
    assert jobs.got()
