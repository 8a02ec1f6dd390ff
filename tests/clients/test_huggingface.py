"""Hugging Face: variables of the job."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["huggingface"])


def test_token_in_the_environment_takes_precedence(jobs: Jobs) -> None:
    jobs.log_in()

    jobs.fails(f"HF_TOKEN=own {jobs.client.read}")
    assert "Bearer own" in _sent(jobs, "huggingface")
    assert not any(map(jobs.shows_token, _sent(jobs, "huggingface")))


def test_other_endpoint_gets_the_token_as_the_documentation_warns(jobs: Jobs) -> None:
    jobs.log_in()

    jobs.succeeds(f"HF_ENDPOINT=https://public.example.com/huggingface {jobs.client.read}")
    assert any(map(jobs.shows_token, _sent(jobs, "public")))


def _sent(jobs: Jobs, endpoint: str) -> list[str]:
    asked = [request for request in jobs.cli.sandbox.requests if request.endpoint == endpoint]
    return [request.headers.get("authorization", "") for request in asked]
