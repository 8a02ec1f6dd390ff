"""Go: which hosts it asks, and with which login."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["go"])


def test_modules_of_a_kept_goprivate_bypass_cloudsmith_unless_gonoproxy_is_set(jobs: Jobs) -> None:
    jobs.environment["GOPRIVATE"] = "example.com/acme-hello"
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="go.keep=GOPRIVATE")

    jobs.fails(jobs.client.read)
    assert not any("acme-hello" in request.path for request in jobs.cli.sandbox.requests)

    jobs.succeeds(f"export GONOPROXY=none; {jobs.client.read}", "through")
    assert jobs.got("through")


def test_no_other_proxy_is_asked_after_a_refusal(jobs: Jobs) -> None:
    jobs.log_in()
    jobs.cli.sandbox.cloudsmith.revoke()

    jobs.fails(jobs.client.second_index)
    assert "public.example.com" not in {request.host for request in jobs.cli.sandbox.requests}


def test_netrc_of_the_user_is_kept(jobs: Jobs) -> None:
    (jobs.home / ".netrc").write_text("machine public.example.com login jo password theirs\n")
    jobs.log_in()

    jobs.succeeds(f"export GOPROXY=https://public.example.com/go/; {jobs.client.read}")
    assert {request.headers["Authorization"] for request in jobs.cli.sandbox.requests[1:]} == {"Basic am86dGhlaXJz"}
