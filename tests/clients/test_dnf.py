"""dnf: signatures."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["dnf"])


def test_signatures_are_checked_and_token_is_not_printed(jobs: Jobs) -> None:
    jobs.log_in()

    printed = jobs.succeeds(jobs.client.read)
    assert "Importing GPG key" in printed
    assert not jobs.shows_token(printed)
