"""Clients to which the project names the URL itself: they are let in at custom domains, too."""

from dataclasses import replace
from pathlib import Path

import pytest

from clients.client import Client
from clients.job import Jobs
from program import Cli

OWN = "https://dl.cloudsmith.io/basic/acme/prod/"
DOMAINS = {
    "of the workspace": ("dl=dl.acme.com", "https://dl.acme.com/basic/prod/"),
    "of the repository": ("dl:prod=dl-prod.acme.com", "https://dl-prod.acme.com/basic/"),
    "without TLS": ("dl={loopback}", "{loopback}/basic/prod/"),
}


@pytest.mark.proves("custom domains")
@pytest.mark.parametrize("kind", DOMAINS)
@pytest.mark.parametrize("name", ["netrc", "git", "apt", "gradle", "sbt"])
def test_a_client_reads_from_a_custom_domain_that_the_project_names(
    client: Client, cli: Cli, tmp_path: Path, kind: str
) -> None:
    setting, url = (text.format(loopback=cli.sandbox.url("dl")) for text in DOMAINS[kind])
    files = {path: text.replace(OWN, url) for path, text in client.files.items()}
    jobs = Jobs(replace(client, files=files, read=client.read.replace(OWN, url)), cli, tmp_path)
    jobs.log_in(CLOUDSMITH_DOMAINS=setting)

    done = jobs.run(jobs.client.read)

    assert done.code == 0, done.output
    assert jobs.got()
    assert "dl.cloudsmith.io" not in {request.host for request in jobs.cli.sandbox.requests}
