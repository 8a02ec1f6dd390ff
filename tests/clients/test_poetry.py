"""Poetry: sources and repositories of the project."""

import pytest

from clients.job import Jobs
from clients.known.poetry import CLOUDSMITH

pytestmark = pytest.mark.parametrize("name", ["poetry", "poetry1"])


def test_package_bound_to_a_source_comes_from_that_source(jobs: Jobs) -> None:
    jobs.log_in()
    program = jobs.client.program

    printed = jobs.succeeds(
        f"{program} source add acme {CLOUDSMITH}/prod/python/simple/\n"
        f"{program} source add public https://public.example.com/python/simple/\n"
        f"{program} add -n --lock --source acme acme-hello; cat poetry.lock"
    )
    assert 'version = "1.0.0"' in printed
    assert "9.9.0" not in printed


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
