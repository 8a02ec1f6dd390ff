"""RubyGems: the settings of user and job, and who gets the key of a push."""

from urllib.parse import unquote

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["rubygems"])


def test_credentials_file_of_the_user_takes_precedence_for_pushes(jobs: Jobs) -> None:
    credentials = jobs.home / ".gem" / "credentials"
    credentials.parent.mkdir()
    credentials.write_text(":rubygems_api_key: theirs\n")
    credentials.chmod(0o600)
    jobs.log_in()

    jobs.fails(jobs.client.publish)
    pushed = [request for request in jobs.cli.sandbox.requests if request.method == "POST"][1:]
    assert [request.headers["Authorization"] for request in pushed] == ["theirs"]


@pytest.mark.parametrize("domains", ["", "ruby=ruby.acme.com"])
def test_gem_is_pushed_to_another_repository(jobs: Jobs, domains: str) -> None:
    jobs.log_in(CLOUDSMITH_REPO="prod,dev", CLOUDSMITH_DOMAINS=domains)

    jobs.succeeds(f"{jobs.client.publish} --host https://ruby.cloudsmith.io/acme/dev")
    assert jobs.cli.sandbox.requests[-1].path == "/acme/dev/api/v1/gems"


@pytest.mark.parametrize(("repo", "written"), [("my__gems", "my_%5Fgems"), ("my___gems____", "my_%5F_gems_%5F_%5F")])
def test_repository_with_double_underscores_gets_the_key(jobs: Jobs, repo: str, written: str) -> None:
    """In a key, RubyGems from 3.4.21 on reads two of them as a dot. The sandbox has no such repository."""
    jobs.log_in(CLOUDSMITH_REPO=repo)

    jobs.run(jobs.client.publish)

    pushed = jobs.cli.sandbox.requests[-1]
    assert pushed.path == f"/acme/{written}/api/v1/gems"
    assert unquote(written) == repo
    assert pushed.headers["Authorization"] == f"Bearer {jobs.cli.sandbox.cloudsmith.issued[-1]}"


def test_other_host_does_not_get_the_key(jobs: Jobs) -> None:
    jobs.log_in()

    printed = jobs.fails(f"{jobs.client.publish} --host https://public.example.com/ruby")
    assert "public.example.com" in printed
    assert not jobs.shows_token("".join(str(request) for request in jobs.cli.sandbox.requests[1:]))
