"""Hex: whose packages it believes, and what it leaves in the login directory."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["hex"])


def test_a_package_is_not_believed_without_the_public_key(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="")

    done = jobs.run(jobs.client.read)

    assert done.code != 0, done.output
    assert not jobs.got()


def test_logout_takes_the_cache_along(jobs: Jobs) -> None:
    jobs.log_in()
    assert jobs.run(jobs.client.read).code == 0

    assert jobs.cli.run("logout", str(jobs.cli.directory)).code == 0

    assert not jobs.cli.directory.exists()


@pytest.mark.parametrize("key", ["prod", "prod=", "prod=a b", 'prod=a">>'])
def test_what_is_no_key_is_refused(jobs: Jobs, key: str) -> None:
    result = jobs.cli.login(CLOUDSMITH_FORMATS="hex", CLOUDSMITH_FORMAT_OPTIONS=f"hex.public-key={key}")

    assert result.code == 2
    assert "public key" in result.stderr
