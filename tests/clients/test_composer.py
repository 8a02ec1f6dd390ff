"""What a project and the user say to Composer of their own."""

from dataclasses import replace

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["composer"])

REPOSITORY = "https://composer.cloudsmith.io/basic/acme/prod/"


@pytest.mark.proves("custom domains")
@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("composer=composer.acme.com", "https://composer.acme.com/basic/prod/"),
        ("composer:prod=composer-prod.acme.com", "https://composer-prod.acme.com/basic/"),
    ],
)
def test_a_custom_domain_that_the_project_names_has_the_login(jobs: Jobs, setting: str, url: str) -> None:
    project = jobs.client.files["composer.json"].replace(REPOSITORY, url)
    jobs.client = replace(jobs.client, files={"composer.json": project})
    jobs.log_in(CLOUDSMITH_DOMAINS=setting)

    done = jobs.run(jobs.client.read)

    assert done.code == 0, done.output
    assert jobs.got()


def test_a_login_of_the_project_wins(jobs: Jobs) -> None:
    jobs.log_in()

    outdated = jobs.run(f"composer config http-basic.composer.cloudsmith.io token outdated; {jobs.client.read}")

    assert outdated.code != 0
    assert not jobs.got()


def test_the_users_own_configuration_is_hidden_and_the_cache_stays(jobs: Jobs) -> None:
    own = jobs.home / ".config" / "composer"
    own.mkdir(parents=True)
    (own / "config.json").write_text('{"config": {"discard-changes": true}}')
    jobs.log_in()

    assert "true" not in jobs.run(f"{jobs.client.read} >&2; composer config -g discard-changes", "within").output
    assert (jobs.home / ".cache" / "composer" / "files").is_dir()
    assert "true" in jobs.run("unset COMPOSER_HOME; composer config -g discard-changes", "without").output
