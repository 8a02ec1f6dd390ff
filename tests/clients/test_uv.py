"""uv: lock files, sources and indexes of the project."""

import pytest

from clients.job import Jobs

NO_INDEX = {"CLOUDSMITH_FORMAT_OPTIONS": ""}
pytestmark = pytest.mark.parametrize("name", ["uv"])


def test_lock_file_of_another_index_fits_unless_cloudsmith_is_the_index(jobs: Jobs) -> None:
    jobs.log_in(**NO_INDEX)
    fits = jobs.succeeds(jobs.client.filled("{PROJECT} uv lock; uv sync --locked; cp uv.lock .."))
    assert "acme-hello==9.9.0" in fits

    jobs.log_in()
    led_away = jobs.fails(jobs.client.filled("{PROJECT} cp ../uv.lock .; uv sync --locked"), "led-away")
    assert "lockfile" in led_away
