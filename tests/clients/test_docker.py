"""Registries of custom domains: an image's name begins with its registry's, so that the jobs name them, too."""

from dataclasses import replace
from pathlib import Path

import pytest

from clients.client import Client
from clients.job import Jobs
from program import Cli

OWN = "docker.cloudsmith.io/acme/prod/"
DOMAINS = {
    "of the workspace": ("docker=docker.acme.com", "docker.acme.com/prod/"),
    "of the repository": ("docker:prod=docker-prod.acme.com", "docker-prod.acme.com/"),
}


@pytest.mark.parametrize("kind", DOMAINS)
@pytest.mark.parametrize("name", ["skopeo", "oras"])
def test_a_client_reads_images_from_a_custom_domain(client: Client, cli: Cli, tmp_path: Path, kind: str) -> None:
    setting, place = DOMAINS[kind]
    jobs = Jobs(replace(client, read=client.read.replace(OWN, place)), cli, tmp_path)
    jobs.log_in(CLOUDSMITH_DOMAINS=setting)

    done = jobs.run(jobs.client.read)

    assert done.code == 0, done.output
    assert jobs.got()
    assert "docker.cloudsmith.io" not in {request.host for request in cli.sandbox.requests}
