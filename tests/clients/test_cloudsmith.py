"""Which of several logins the vendor's command line takes inside a login."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["cloudsmith"])
LIST = "cloudsmith list packages acme/prod"


def test_files_of_the_user_and_the_project_lose(jobs: Jobs) -> None:
    own = jobs.home / ".config" / "cloudsmith" / "credentials.ini"
    own.parent.mkdir(parents=True)
    own.write_text("[default]\napi_key = own\n")
    jobs.log_in()

    done = jobs.run(f"cp '{own}' .; {LIST}")

    assert done.code == 0, done.output
    assert "own" not in _sent(jobs)


def test_a_key_in_the_environment_wins(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(f"CLOUDSMITH_API_KEY=own {LIST}")

    assert done.code != 0
    assert _sent(jobs) == {"own"}


def _sent(jobs: Jobs) -> set[str]:
    asked = [request for request in jobs.cli.sandbox.requests if request.endpoint == "cloudsmith"]
    return {request.headers["x-api-key"] for request in asked}
