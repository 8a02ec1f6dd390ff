"""Hex: what it leaves in the login directory."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["hex"])


def test_logout_also_removes_the_cache(jobs: Jobs) -> None:
    jobs.log_in()
    assert jobs.run(jobs.client.read).code == 0

    assert jobs.cli.run("logout", str(jobs.cli.directory)).code == 0

    assert not jobs.cli.directory.exists()
