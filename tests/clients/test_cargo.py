"""Cargo: which registries get the token."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["cargo"])

PUBLIC = "sparse+https://public.example.com/cargo/"


@pytest.mark.parametrize("url", [PUBLIC, "sparse+https://cargo.cloudsmith.io/acme/dev/"])
def test_token_is_only_for_the_repositories_of_the_login(jobs: Jobs, url: str) -> None:
    jobs.log_in()

    printed = jobs.fails(f"export CARGO_REGISTRIES_CLOUDSMITH_INDEX={url}\n{jobs.client.publish}")
    assert f"This login is not for {url}" in printed
    assert not any("Authorization" in request.headers for request in jobs.cli.sandbox.requests)
