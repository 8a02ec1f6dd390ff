"""git: who stores and removes the token."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["git"])


def test_helper_of_the_user_does_not_store_the_token(jobs: Jobs) -> None:
    (jobs.home / ".gitconfig").write_text("[credential]\n\thelper = store\n")
    kept = jobs.home / ".git-credentials"
    kept.write_text("https://jo:secret@git.example.com\n")
    jobs.log_in()

    printed = jobs.succeeds(f"{jobs.client.read}\nprintf 'url=https://git.example.com/x\\n' | git credential fill")
    assert "password=secret" in printed
    assert kept.read_text() == "https://jo:secret@git.example.com\n"
    assert jobs.left_behind() == []


def test_refused_token_is_kept(jobs: Jobs) -> None:
    jobs.log_in()
    jobs.cli.sandbox.cloudsmith.revoke()
    before = jobs.cli.file("git/login")

    assert jobs.run(jobs.client.read).code != 0

    assert jobs.cli.file("git/login") == before
