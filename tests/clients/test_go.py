"""What a job and the user say to Go of their own."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["go"])


def test_without_the_option_the_public_checksum_database_is_asked(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="")

    done = jobs.run(jobs.client.read)

    assert done.code != 0
    assert "sum.golang.org" in done.output


def test_what_goprivate_names_is_got_past_cloudsmith_unless_gonoproxy_says_otherwise(jobs: Jobs) -> None:
    jobs.environment["GOPRIVATE"] = "example.com/acme-hello"
    jobs.log_in()

    past = jobs.run(jobs.client.read)
    assert past.code != 0
    assert not any("acme-hello" in request.path for request in jobs.cli.sandbox.requests)

    done = jobs.run(f"export GONOPROXY=none; {jobs.client.read}", "through")
    assert done.code == 0, done.output
    assert jobs.got("through")


def test_nobody_else_is_asked_after_a_refusal(jobs: Jobs) -> None:
    jobs.log_in()
    jobs.cli.sandbox.cloudsmith.revoke()

    done = jobs.run(jobs.client.second_index)

    assert done.code != 0
    assert "public.example.com" not in {request.host for request in jobs.cli.sandbox.requests}


@pytest.mark.parametrize("own", ["netrc", "off", "sh -c exit"])
def test_the_jobs_own_ways_to_log_in_are_kept(jobs: Jobs, own: str) -> None:
    jobs.environment["GOAUTH"] = own
    jobs.log_in()

    done = jobs.run(jobs.client.read)

    assert done.code == 0, done.output
    assert own == "off" or own in jobs.cli.file("env")


def test_the_users_netrc_stays(jobs: Jobs) -> None:
    (jobs.home / ".netrc").write_text("machine public.example.com login jo password theirs\n")
    jobs.log_in()

    done = jobs.run(f"export GOPROXY=https://public.example.com/go/; {jobs.client.read}")

    assert done.code == 0, done.output
    assert {request.headers["Authorization"] for request in jobs.cli.sandbox.requests[1:]} == {"Basic am86dGhlaXJz"}


def test_patterns_of_the_job_are_kept(jobs: Jobs) -> None:
    jobs.environment["GONOSUMDB"] = "corp.example.com"
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="go.private=example.com/a,go.private=*.example.com")

    assert "GONOSUMDB=corp.example.com,example.com/a,*.example.com\n" in jobs.cli.file("env")


def test_what_goprivate_keeps_from_the_checksum_database_stays_kept_from_it(jobs: Jobs) -> None:
    """Go takes GONOSUMDB from it, but only as long as nobody sets that."""
    jobs.environment["GOPRIVATE"] = "corp.example.com"
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="go.private=example.com")

    done = jobs.run("go env GONOSUMDB")

    assert done.output == "corp.example.com,example.com\n"


def test_a_pattern_is_added_though_one_of_the_jobs_begins_like_it(jobs: Jobs) -> None:
    jobs.environment["GONOSUMDB"] = "example.com/acme-tools"
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="go.private=example.com/acme")

    assert "GONOSUMDB=example.com/acme-tools,example.com/acme\n" in jobs.cli.file("env")


def test_without_goauth_the_format_netrc_is_enough(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMATS="go,netrc")

    done = jobs.run(f"unset GOAUTH; {jobs.client.read}")

    assert done.code == 0, done.output
