"""curl: logins of the job."""

import base64

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["curl"])


@pytest.mark.parametrize("host", ["public.example.com/raw", "dl.cloudsmith.io/basic/acme/prod/raw"])
@pytest.mark.parametrize("said", ["https://jo:secret@{}", "--user jo:secret https://{}"])
def test_login_of_the_job_takes_precedence(jobs: Jobs, said: str, host: str) -> None:
    jobs.log_in()

    jobs.run(f"curl --silent --show-error {said.format(host)}/files/acme-hello.txt")

    [asked] = jobs.asked("public", "raw")
    assert asked.headers["Authorization"] == f"Basic {base64.b64encode(b'jo:secret').decode()}"
