"""What a project says to Bundler of its own."""

from dataclasses import replace

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["bundler"])

GEMS = "https://dl.cloudsmith.io/basic/acme/prod/ruby/"


@pytest.mark.proves("custom domains")
@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("dl=dl.acme.com", "https://dl.acme.com/basic/prod/ruby/"),
        ("dl:prod=dl-prod.acme.com", "https://dl-prod.acme.com/basic/ruby/"),
    ],
)
def test_a_custom_domain_that_the_gemfile_names_has_the_login(jobs: Jobs, setting: str, url: str) -> None:
    jobs.client = replace(jobs.client, files={"Gemfile": jobs.client.files["Gemfile"].replace(GEMS, url)})
    jobs.log_in(CLOUDSMITH_DOMAINS=setting)

    done = jobs.run(jobs.client.read)

    assert done.code == 0, done.output
    assert jobs.got()


def test_a_gem_in_a_source_block_comes_from_nowhere_else(jobs: Jobs) -> None:
    block = f'source "https://public.example.com/ruby/"\nsource "{GEMS}" do\n  gem "acme-hello"\nend\n'
    jobs.client = replace(jobs.client, files={"Gemfile": block})
    jobs.log_in()

    done = jobs.run(jobs.client.read)

    assert done.code == 0, done.output
    assert jobs.got()


@pytest.mark.parametrize(("key", "wins"), [("dl.cloudsmith.io", False), (GEMS, True)])
def test_a_login_of_the_project_wins_only_if_it_is_for_the_url(jobs: Jobs, key: str, wins: bool) -> None:
    jobs.log_in()

    done = jobs.run(f"bundle config set --local {key} jo:outdated; {jobs.client.read}")

    assert (done.code != 0) == wins, done.output


def test_the_users_own_configuration_is_hidden(jobs: Jobs) -> None:
    (jobs.home / ".bundle").mkdir()
    (jobs.home / ".bundle" / "config").write_text('---\nBUNDLE_JOBS: "3"\n')
    jobs.log_in()

    assert "jobs" not in jobs.run("bundle config list").output
    assert "jobs" in jobs.run("unset BUNDLE_USER_CONFIG; bundle config list", "without").output
