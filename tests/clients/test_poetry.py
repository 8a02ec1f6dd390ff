"""What a project says to Poetry of its own."""

import pytest

from clients.job import Jobs
from clients.known.poetry import CLOUDSMITH

pytestmark = pytest.mark.parametrize("name", ["poetry", "poetry1"])


def test_a_package_that_is_bound_to_a_source_comes_from_nowhere_else(jobs: Jobs) -> None:
    jobs.log_in()
    program = jobs.client.program

    done = jobs.run(
        f"{program} source add acme {CLOUDSMITH}/prod/python/simple/\n"
        f"{program} source add public https://public.example.com/python/simple/\n"
        f"{program} add -n --lock --source acme acme-hello; cat poetry.lock"
    )

    assert done.code == 0, done.output
    assert 'version = "1.0.0"' in done.output
    assert "9.9.0" not in done.output


def test_a_repository_that_the_project_calls_cloudsmith_loses_and_others_are_kept(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_DOMAINS="python=https://python.acme.com")
    program = jobs.client.program

    done = jobs.run(
        f"{program} config --local repositories.cloudsmith https://public.example.com/python/\n"
        f"{program} config --local repositories.public https://public.example.com/python/\n"
        f"{program} config repositories --list\n{program} publish -n --build -r cloudsmith"
    )

    assert done.code == 0, done.output
    assert "https://public.example.com/python/" in done.output
    assert {
        request.origin
        for request in jobs.cli.sandbox.requests
        if request.method == "POST" and request.endpoint == "python"
    } == {"https://python.acme.com"}
