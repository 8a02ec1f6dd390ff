"""Poetry: sources and repositories of the project."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["poetry", "poetry1"])


def test_repository_named_cloudsmith_is_overridden_and_others_are_kept(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_DOMAINS="python=https://python.acme.com")
    program = jobs.client.program

    printed = jobs.succeeds(
        f"{program} config --local repositories.cloudsmith https://public.example.com/python/\n"
        f"{program} config --local repositories.public https://public.example.com/python/\n"
        f"{program} config repositories --list\n{program} publish -n --build -r cloudsmith"
    )
    assert "https://public.example.com/python/" in printed
    assert {
        request.origin
        for request in jobs.cli.sandbox.requests
        if request.method == "POST" and request.endpoint == "python"
    } == {"https://python.acme.com"}
