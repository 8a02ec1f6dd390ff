"""What the job's own variables do to Hugging Face's client inside a login."""

import pytest

from clients.job import Jobs
from clients.known.huggingface import DOWNLOAD

pytestmark = pytest.mark.parametrize("name", ["huggingface"])


def test_a_token_in_the_environment_wins(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(f"HF_TOKEN=own {DOWNLOAD}")

    assert done.code != 0
    assert "Bearer own" in _sent(jobs, "huggingface")
    assert not any(map(jobs.shows_token, _sent(jobs, "huggingface")))


def test_another_endpoint_gets_the_token_which_is_why_users_are_told_not_to_set_one(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(f"HF_ENDPOINT=https://public.example.com/huggingface {DOWNLOAD}")

    assert done.code == 0, done.output
    assert any(map(jobs.shows_token, _sent(jobs, "public")))


def _sent(jobs: Jobs, endpoint: str) -> list[str]:
    asked = [request for request in jobs.cli.sandbox.requests if request.endpoint == endpoint]
    return [request.headers.get("authorization", "") for request in asked]
