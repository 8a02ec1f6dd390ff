"""curl: the login adds to the user's and the job's own settings."""

import base64

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["curl"])


@pytest.mark.parametrize("path", [".curlrc", ".config/curlrc"])
def test_settings_of_the_user_are_kept(jobs: Jobs, path: str) -> None:
    own = jobs.home / path
    own.parent.mkdir(exist_ok=True)
    own.write_text('user-agent = "the user"\nnetrc\n')
    jobs.log_in()

    jobs.succeeds(jobs.client.read)
    asked = jobs.asked("raw", "generic")
    assert {request.headers["User-Agent"] for request in asked} == {"the user"}


@pytest.mark.parametrize("host", ["public.example.com/raw", "dl.cloudsmith.io/basic/acme/prod/raw"])
@pytest.mark.parametrize("said", ["https://jo:secret@{}", "--user jo:secret https://{}"])
def test_login_of_the_job_takes_precedence(jobs: Jobs, said: str, host: str) -> None:
    jobs.log_in()

    jobs.run(f"curl --silent --show-error {said.format(host)}/files/acme-hello.txt")

    [asked] = jobs.asked("public", "raw")
    assert asked.headers["Authorization"] == f"Basic {base64.b64encode(b'jo:secret').decode()}"
