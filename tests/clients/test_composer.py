"""Composer: the user's configuration and cache."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["composer"])


def test_configuration_of_the_user_is_overridden_and_cache_is_kept(jobs: Jobs) -> None:
    own = jobs.home / ".config" / "composer"
    own.mkdir(parents=True)
    (own / "config.json").write_text('{"config": {"discard-changes": true}}')
    jobs.log_in()

    assert "true" not in jobs.run(f"{jobs.client.read} >&2; composer config -g discard-changes", "within").output
    assert (jobs.home / ".cache" / "composer" / "files").is_dir()
    assert "true" in jobs.run("unset COMPOSER_HOME; composer config -g discard-changes", "without").output
