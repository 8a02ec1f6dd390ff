"""Clients whose projects name the URL or the image: they authenticate at custom domains and at Cloudsmith's host."""

from dataclasses import replace
from pathlib import Path

import pytest

from clients.client import Client, clients
from clients.job import Jobs
from cloudsmith_oidc import formats
from program import Cli

LABELS = {"composer": "composer", "skopeo": "docker", "oras": "docker"}
"""The first label of Cloudsmith's host, unless it is `dl`."""
DOMAINS = {
    "of the workspace": ("{label}={label}.acme.com", "{label}.acme.com", "/prod/"),
    "of the repository": ("{label}:prod={label}-prod.acme.com", "{label}-prod.acme.com", "/"),
    "without TLS": ("{label}={loopback}", "{loopback}", "/prod/"),
}
WITHOUT_TLS = ["netrc", "git", "apt", "gradle", "sbt"]
CASES = [(name, "without TLS") for name in WITHOUT_TLS] + [
    (name, kind)
    for name in [*WITHOUT_TLS, "bundler", "composer", "skopeo", "oras"]
    for kind in ("of the workspace", "of the repository")
]


@pytest.mark.proves("custom domains")
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_client_reads_from_a_custom_domain_that_the_project_names(
    client: Client, cli: Cli, tmp_path: Path, name: str, kind: str
) -> None:
    label = LABELS.get(name, "dl")
    host = f"{label}.cloudsmith.io"
    setting, domain, path = (text.format(label=label, loopback=cli.sandbox.url("dl")) for text in DOMAINS[kind])
    whole = f"https://{host}" if kind == "without TLS" else host

    def at_domain(text: str) -> str:
        return text.replace("/acme/prod/", path).replace(whole, domain)

    files = {path: at_domain(text) for path, text in client.files.items()}
    jobs = Jobs(replace(client, files=files, read=at_domain(client.read)), cli, tmp_path)
    jobs.log_in(CLOUDSMITH_DOMAINS=setting)

    jobs.reads()
    assert host not in {request.host for request in cli.sandbox.requests}


@pytest.mark.parametrize("kind", ["of the workspace", "of the repository"])
@pytest.mark.parametrize(("name", "label"), [("twine", "python"), ("rubygems", "ruby")])
def test_client_publishes_to_a_custom_domain(jobs: Jobs, label: str, kind: str) -> None:
    setting, domain, path = (text.format(label=label, loopback="") for text in DOMAINS[kind])
    jobs.log_in(CLOUDSMITH_DOMAINS=setting)

    jobs.succeeds(jobs.client.publish)
    sent = [f"{one.host}{one.path}" for one in jobs.cli.sandbox.requests if one.method == "POST"][1:]
    assert sent
    assert all(place.startswith(f"{domain}{path}") for place in sent)


OWN_HOST = [
    name
    for name, client in clients().items()
    if any(".cloudsmith.io" in text for text in (client.read, client.several, *client.files.values()))
    # SBT_CREDENTIALS is for one host, and Maven finds a login by the repository's name.
    and client.format not in {"sbt", "maven"}
]


@pytest.mark.parametrize("name", OWN_HOST)
def test_project_may_name_cloudsmiths_own_host_in_spite_of_a_custom_domain(jobs: Jobs) -> None:
    form = formats.load(jobs.client.format)
    labels = {endpoint.label for endpoint in form.endpoints}
    jobs.log_in(
        CLOUDSMITH_REPO="prod,dev", CLOUDSMITH_DOMAINS=",".join(f"{label}={label}.acme.com" for label in labels)
    )

    jobs.succeeds(jobs.client.several or jobs.client.read)
    assert {request.host for request in jobs.cli.sandbox.requests} & {endpoint.host for endpoint in form.endpoints}
