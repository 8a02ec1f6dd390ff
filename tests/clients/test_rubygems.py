"""What the user and the job say to RubyGems of their own."""

from urllib.parse import unquote

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["rubygems"])


def test_the_users_gemrc_and_the_jobs_own_are_read_too(jobs: Jobs) -> None:
    (jobs.home / ".gemrc").write_text("greeting: from the user\n")
    jobs.log_in()
    assert "greeting" in jobs.run("gem env").output

    own = jobs.folder / "gemrc"
    own.write_text("greeting: from the job\n")
    jobs.environment["GEMRC"] = str(own)
    jobs.log_in()
    said = jobs.run(f"gem env; {jobs.client.read}", "own")
    assert "from the job" in said.output
    assert jobs.got("own"), said.output


def test_the_users_credentials_file_wins_when_a_gem_is_pushed(jobs: Jobs) -> None:
    credentials = jobs.home / ".gem" / "credentials"
    credentials.parent.mkdir()
    credentials.write_text(":rubygems_api_key: theirs\n")
    credentials.chmod(0o600)
    jobs.log_in()

    done = jobs.run(jobs.client.publish)

    assert done.code != 0
    pushed = [request for request in jobs.cli.sandbox.requests if request.method == "POST"][1:]
    assert [request.headers["Authorization"] for request in pushed] == ["theirs"]


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("ruby=ruby.acme.com", "https://ruby.acme.com/prod/api/v1/gems"),
        ("ruby:prod=ruby-prod.acme.com", "https://ruby-prod.acme.com/api/v1/gems"),
    ],
)
def test_a_gem_is_pushed_to_a_custom_domain(jobs: Jobs, setting: str, url: str) -> None:
    jobs.log_in(CLOUDSMITH_DOMAINS=setting)

    done = jobs.run(jobs.client.publish)

    assert done.code == 0, done.output
    pushed = jobs.cli.sandbox.requests[-1]
    assert f"{pushed.origin}{pushed.path}" == url


def test_a_gem_is_pushed_to_another_repository_that_the_job_names(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_REPO="prod,dev")

    done = jobs.run(f"{jobs.client.publish} --host https://ruby.cloudsmith.io/acme/dev")

    assert done.code == 0, done.output
    assert jobs.cli.sandbox.requests[-1].path == "/acme/dev/api/v1/gems"


@pytest.mark.parametrize(("repo", "written"), [("my__gems", "my_%5Fgems"), ("my___gems____", "my_%5F_gems_%5F_%5F")])
def test_a_gem_is_pushed_to_a_repository_with_underscores_in_a_row(jobs: Jobs, repo: str, written: str) -> None:
    """In a key, RubyGems from 3.4.21 on reads two of them as a dot. The sandbox has no such repository."""
    jobs.log_in(CLOUDSMITH_REPO=repo)

    jobs.run(jobs.client.publish)

    pushed = jobs.cli.sandbox.requests[-1]
    assert pushed.path == f"/acme/{written}/api/v1/gems"
    assert unquote(written) == repo
    assert pushed.headers["Authorization"] == jobs.cli.sandbox.cloudsmith.issued[-1]


def test_the_key_goes_to_no_other_host(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(f"{jobs.client.publish} --host https://public.example.com/ruby")

    assert done.code != 0
    assert "public.example.com" in done.output
    assert not jobs.shows_token("".join(str(request) for request in jobs.cli.sandbox.requests[1:]))
