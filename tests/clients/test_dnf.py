"""dnf: signatures, custom domains and distributions."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["dnf"])


def test_signatures_are_checked_and_token_is_not_printed(jobs: Jobs) -> None:
    jobs.log_in()

    printed = jobs.succeeds(jobs.client.read)
    assert "Importing GPG key" in printed
    assert not jobs.shows_token(printed)


@pytest.mark.parametrize("domain", ["rpm=dl.acme.com", "rpm:prod=dl-prod.acme.com"])
def test_custom_domain_also_serves_the_key(jobs: Jobs, domain: str) -> None:
    jobs.log_in(CLOUDSMITH_DOMAINS=domain)

    jobs.succeeds(jobs.client.read)
    assert "dl.cloudsmith.io" not in jobs.cli.file("dnf/cloudsmith.repo")


def test_distribution_is_an_option(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="rpm.distribution=any-distro/any-version")

    assert "/prod/rpm/any-distro/any-version/$basearch\n" in jobs.cli.file("dnf/cloudsmith.repo")
