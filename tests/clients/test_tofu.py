"""OpenTofu: custom domains, several repositories, and the user's configuration."""

from dataclasses import replace

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["tofu"])

HOST = "terraform.cloudsmith.io"


def job_with(jobs: Jobs, source: str) -> None:
    """Let the project name another module."""
    main = f'module "hello" {{\n  source = "{source}/local"\n}}\n'
    jobs.client = replace(jobs.client, files={"main.tf": main})


@pytest.mark.proves("custom domains")
@pytest.mark.parametrize("setting", ["terraform=terraform.acme.com", "terraform:prod=terraform.acme.com"])
def test_custom_domain_authenticates(jobs: Jobs, setting: str) -> None:
    job_with(jobs, "terraform.acme.com/prod/acme-hello")
    jobs.log_in(CLOUDSMITH_DOMAINS=setting)

    jobs.reads()


def test_only_the_first_of_several_repositories_can_be_read(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_REPO="prod,dev")
    assert jobs.run(jobs.client.read).code == 0

    job_with(jobs, f"{HOST}/dev/acme-tools")
    jobs.fails(jobs.client.read, "second")

    jobs.log_in(CLOUDSMITH_REPO="dev,prod")
    jobs.succeeds(jobs.client.read, "first")


def test_configuration_and_logins_of_the_user_are_overridden(jobs: Jobs) -> None:
    (jobs.home / ".tofurc").write_text('credentials "other.example.com" {\n  token = "theirs"\n}\n')
    written = jobs.home / ".terraform.d" / "credentials.tfrc.json"
    written.parent.mkdir(exist_ok=True)
    written.write_text('{"credentials": {"another.example.com": {"token": "theirs"}}}')
    jobs.cli.sandbox.site("other.example.com")
    jobs.cli.sandbox.site("another.example.com")
    jobs.log_in()

    for host in ("other.example.com", "another.example.com"):
        job_with(jobs, f"{host}/prod/acme-hello")
        jobs.run(f"{jobs.client.read} || unset TF_CLI_CONFIG_FILE; {jobs.client.read} || true", host)
        sent = [request.headers.get("Authorization") for request in jobs.cli.sandbox.requests if request.host == host]
        assert sent == [None, "Bearer theirs"]
