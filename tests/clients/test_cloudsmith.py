"""The vendor's command line: which of several API keys it sends."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["cloudsmith"])
LIST = "cloudsmith list packages acme/prod"


def test_files_of_user_and_project_are_overridden(jobs: Jobs) -> None:
    own = jobs.home / ".config" / "cloudsmith" / "credentials.ini"
    own.parent.mkdir(parents=True)
    own.write_text("[default]\napi_key = own\n")
    jobs.log_in()

    jobs.succeeds(f"cp '{own}' .; {LIST}")
    assert "own" not in _sent(jobs)


def test_key_in_the_environment_takes_precedence(jobs: Jobs) -> None:
    jobs.log_in()

    jobs.fails(f"CLOUDSMITH_API_KEY=own {LIST}")
    assert _sent(jobs) == {"own"}


def _sent(jobs: Jobs) -> set[str]:
    asked = jobs.asked("cloudsmith")
    return {request.headers["x-api-key"] for request in asked}
