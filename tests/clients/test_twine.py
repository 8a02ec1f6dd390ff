"""What twine does with a configuration of the user's or the job's own."""

import pytest

from clients.job import Jobs
from clients.known.twine import BUILD, UPLOAD

pytestmark = pytest.mark.parametrize("name", ["twine"])


@pytest.mark.parametrize("domain", ["python", "python:prod"])
def test_twine_publishes_to_a_custom_domain(jobs: Jobs, domain: str) -> None:
    host = f"{domain.replace(':', '-')}.acme.com"
    jobs.log_in(CLOUDSMITH_DOMAINS=f"{domain}={host}")

    done = jobs.run(f"{BUILD}; {UPLOAD} *.whl")

    assert done.code == 0, done.output
    assert [request.host for request in jobs.cli.sandbox.requests if request.endpoint == "python"] == [host]


def test_without_the_option_nothing_is_sent_anywhere(jobs: Jobs) -> None:
    jobs.log_in()
    (jobs.home / ".pypirc").write_text("[pypi]\nusername = jo\npassword = secret\n")

    done = jobs.run(f"{BUILD}; twine upload --non-interactive *.whl")

    assert done.code != 0
    assert "cloudsmith" in done.output
    assert {request.endpoint for request in jobs.cli.sandbox.requests} == {"exchange"}


def test_the_jobs_own_variables_win(jobs: Jobs) -> None:
    jobs.log_in()
    own = "TWINE_REPOSITORY_URL=https://public.example.com/python/ TWINE_USERNAME=jo TWINE_PASSWORD=secret"

    done = jobs.run(f"{BUILD}; {own} {UPLOAD} *.whl")

    assert done.code == 0, done.output
    sent = [request for request in jobs.cli.sandbox.requests if request.endpoint == "public"]
    assert sent
    assert not any(jobs.shows_token(str(request.headers)) for request in sent)
