"""git: the login adds to the job's and the user's own settings, and keeps the token in its place."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["git"])


def test_the_jobs_own_variables_stay(jobs: Jobs) -> None:
    own = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "the job"}
    jobs.environment |= own
    jobs.log_in()

    done = jobs.run(f"git config user.name\n{jobs.client.read}")

    assert done.code == 0, done.output
    assert done.output.startswith("the job\n")


def test_a_second_login_adds_nothing(jobs: Jobs) -> None:
    jobs.log_in()
    first = jobs.cli.file("env")
    pointers = dict(line.split("=", 1) for line in first.splitlines())

    jobs.log_in(**pointers)

    assert jobs.cli.file("env") == first


@pytest.mark.parametrize("count", ["many", "10000"])
def test_what_cannot_be_added_to_is_refused(jobs: Jobs, count: str) -> None:
    result = jobs.cli.login(CLOUDSMITH_FORMATS="git", GIT_CONFIG_COUNT=count)

    assert result.code == 2
    assert "GIT_CONFIG_COUNT" in result.stderr


def test_the_users_helper_neither_keeps_the_token_nor_loses_its_own(jobs: Jobs) -> None:
    (jobs.home / ".gitconfig").write_text("[credential]\n\thelper = store\n")
    kept = jobs.home / ".git-credentials"
    kept.write_text("https://jo:secret@git.example.com\n")
    jobs.log_in()

    done = jobs.run(f"{jobs.client.read}\nprintf 'url=https://git.example.com/x\\n' | git credential fill")

    assert done.code == 0, done.output
    assert "password=secret" in done.output
    assert kept.read_text() == "https://jo:secret@git.example.com\n"
    assert jobs.left_behind() == []


def test_a_refused_token_is_not_forgotten(jobs: Jobs) -> None:
    jobs.log_in()
    jobs.cli.sandbox.cloudsmith.revoke()
    before = jobs.cli.file("git/login")

    assert jobs.run(jobs.client.read).code != 0

    assert jobs.cli.file("git/login") == before


@pytest.mark.parametrize("url", ["https://dl.cloudsmith.io/basic/acme/prod-2/x.git", "https://git.example.com/x.git"])
def test_the_token_is_for_the_repository_only(jobs: Jobs, url: str) -> None:
    jobs.log_in()

    done = jobs.run(f"printf 'url={url}\\n' | git credential fill")

    assert done.code != 0
    assert not jobs.shows_token(done.output)


def test_a_login_in_the_url_wins(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run("printf 'url=https://jo:secret@dl.cloudsmith.io/basic/acme/prod/x.git\\n' | git credential fill")

    assert done.code == 0, done.output
    assert "username=jo\npassword=secret\n" in done.output
