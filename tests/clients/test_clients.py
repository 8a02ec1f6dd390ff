"""Real clients and real registries: a client needs the login, and nothing else."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from clients.client import clients
from clients.job import Jobs, masked
from cloudsmith_oidc import formats
from sandbox.registries import KINDS, labels

CLIENTS = clients()
PACKAGES = {*KINDS, *labels()}
"""The endpoints of the sandbox where Cloudsmith serves packages."""


def every(said: str, proves: str) -> pytest.MarkDecorator:
    """Make a test for each client with this field. What it proves is recorded for docs/formats.md."""
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(name, marks=pytest.mark.proves(proves))
            for name, client in CLIENTS.items()
            if getattr(client, said)
        ],
    )


def assert_is_refused(jobs: Jobs, script: str) -> None:
    """Assert that the job fails once the token is revoked: it sends the login and gets 401."""
    jobs.cli.sandbox.cloudsmith.revoke()
    earlier = len(jobs.cli.sandbox.answers)

    refused = jobs.fails(script, "refused")
    answers = jobs.cli.sandbox.answers[earlier:]
    logins = {status for request, status in answers if {"authorization", "x-api-key"} & request.headers.keys()}
    assert logins == {401}, refused


@every("read", proves="reads")
def test_client_reads_only_with_the_login(jobs: Jobs) -> None:
    jobs.log_in()

    jobs.reads()
    assert jobs.left_behind() == []

    jobs.forget()
    assert_is_refused(jobs, jobs.client.read)
    assert not jobs.got("refused")


@every("read", proves="without files")
def test_client_without_the_files_does_as_the_format_says(jobs: Jobs) -> None:
    jobs.log_in()
    assert jobs.cli.run("logout", str(jobs.cli.directory)).code == 0
    network = jobs.cli.sandbox.network
    network.tunnels.clear()
    network.answers.clear()

    done = jobs.run(jobs.client.read)

    answers = [answer for answer in network.answers if answer[0].endpoint in PACKAGES]
    outcome = "refused" if answers else "public" if network.tunnels else "fails"
    said = jobs.client.without_files or formats.load(jobs.client.format.split(",")[0]).without_files
    assert outcome == said.partition(":")[0], done.output
    assert done.code != 0 or outcome == "public"
    # skopeo sends an empty name with an empty password.
    empty = f"Basic {base64.b64encode(b':').decode()}"
    assert all(status == 401 and request.headers.get("authorization", empty) == empty for request, status in answers)


@every("publish", proves="publishes")
def test_client_publishes_only_with_the_login(jobs: Jobs) -> None:
    jobs.log_in()
    assert jobs.status(jobs.client.published) == 404

    jobs.succeeds(jobs.client.publish)
    assert jobs.status(jobs.client.published) == 200
    assert jobs.left_behind() == []

    assert_is_refused(jobs, jobs.client.publish)


@every("reads_beside_others", proves="parallel logins")
def test_parallel_jobs_share_a_home(jobs: Jobs) -> None:
    jobs.log_in()
    other = jobs.beside()
    other.log_in()

    with ThreadPoolExecutor() as both:
        done = list(both.map(lambda one: one.run(one.client.read), (jobs, other)))

    assert [one.code for one in done] == [0, 0], "\n".join(one.output for one in done)
    assert jobs.got()
    assert other.got()


@every("read", proves="nested logins")
def test_inner_login_overrides_outer(jobs: Jobs) -> None:
    jobs.log_in()
    inner = jobs.beside()
    inner.environment = jobs.environment | jobs.pointers
    jobs.cli.sandbox.cloudsmith.revoke()
    inner.log_in()

    inner.reads()


DOMAINS = {
    "of the workspace": "{label}={label}.acme.com",
    "of the repository": "{label}:prod={label}-prod.acme.com",
}


@pytest.mark.parametrize("kind", DOMAINS)
@every("domains", proves="custom domains")
def test_client_reads_from_a_custom_domain(jobs: Jobs, kind: str) -> None:
    label = jobs.read_from.label
    jobs.log_in(CLOUDSMITH_DOMAINS=DOMAINS[kind].format(label=label))

    jobs.reads()
    asked = {request.host for request in jobs.cli.sandbox.requests}
    assert f"{label}.cloudsmith.io" not in asked


@every("several", proves="several repositories")
def test_client_reads_from_several_repositories(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_REPO="prod,dev")

    jobs.succeeds(jobs.client.several)
    answered = [request.path for request, status in jobs.cli.sandbox.answers if status == 200]
    assert any("/dev/" in path for path in answered), answered


@every("loud", proves="mask")
def test_mask_covers_the_most_verbose_output(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(f"set +e\n{jobs.client.loud}")

    assert jobs.got(), done.output
    assert jobs.shows_token(done.output), "there is nothing to mask"
    assert not jobs.shows_token(masked(done.output))
    assert jobs.left_behind() == []


@every("second_index", proves="second index")
def test_version_taken_with_a_second_index(jobs: Jobs) -> None:
    jobs.log_in()
    quiet = f"{{ {jobs.client.second_index}; }} >said 2>&1 || {{ cat said; exit 1; }}"

    printed = jobs.succeeds(f"{quiet}\n{jobs.client.taken}")
    assert re.search(rf"\b{re.escape(jobs.client.takes)}\b", printed), printed
    asked = jobs.asked("public")
    assert bool(asked) is jobs.client.asks_public
    assert not any("authorization" in request.headers for request in asked)
