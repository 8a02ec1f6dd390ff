"""twine: custom domains."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["twine"])


@pytest.mark.parametrize("domain", ["python", "python:prod"])
def test_twine_publishes_to_a_custom_domain(jobs: Jobs, domain: str) -> None:
    host = f"{domain.replace(':', '-')}.acme.com"
    jobs.log_in(CLOUDSMITH_DOMAINS=f"{domain}={host}")

    jobs.succeeds(jobs.client.filled("{BUILD}; {UPLOAD} *.whl"))
    assert [request.host for request in jobs.cli.sandbox.requests if request.endpoint == "python"] == [host]
