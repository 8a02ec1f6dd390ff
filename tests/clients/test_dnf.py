"""dnf: what it may not print, and what its options cannot say."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["dnf"])


def test_signatures_can_be_checked_without_the_token_on_the_console(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(jobs.client.read)

    assert done.code == 0, done.output
    assert "Importing GPG key" in done.output
    assert not jobs.shows_token(done.output)


@pytest.mark.parametrize("path", ["a space", "a,comma", "an=equals", "a*star", "a?mark", "a[bracket"])
def test_a_path_that_dnf_cannot_take_is_refused(jobs: Jobs, path: str) -> None:
    jobs.cli.directory = jobs.folder / path

    result = jobs.cli.login(CLOUDSMITH_FORMATS="rpm")

    assert result.code == 2
    assert "path" in result.stderr


@pytest.mark.parametrize("domain", ["rpm=dl.acme.com", "rpm:prod=dl-prod.acme.com"])
def test_a_domain_of_this_format_has_the_key_too(jobs: Jobs, domain: str) -> None:
    jobs.log_in(CLOUDSMITH_DOMAINS=domain)

    done = jobs.run(jobs.client.read)

    assert done.code == 0, done.output
    assert "dl.cloudsmith.io" not in jobs.cli.file("dnf/cloudsmith.repo")


def test_another_distribution_can_be_read(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="rpm.distribution=any-distro/any-version")

    assert "/prod/rpm/any-distro/any-version/$basearch\n" in jobs.cli.file("dnf/cloudsmith.repo")


@pytest.mark.parametrize("distribution", ["el", "el/$basearch", "el/9/x", "../x"])
def test_what_is_no_distribution_is_refused(jobs: Jobs, distribution: str) -> None:
    result = jobs.cli.login(CLOUDSMITH_FORMATS="rpm", CLOUDSMITH_FORMAT_OPTIONS=f"rpm.distribution={distribution}")

    assert result.code == 2
    assert "distribution" in result.stderr
