"""Each failure: one clear error that says what to do, and nothing left."""

import pytest

from jenkins.controller import Controller
from jenkins.runs import Remains, Runs
from sandbox import Sandbox, faults

PLUGIN = "io.jenkins.plugins.oidc_provider"


def test_a_login_that_is_refused(runs: Runs, sandbox: Sandbox) -> None:
    sandbox.cloudsmith.providers["acme"][-1].claims["sub"] = "somebody else"
    build = runs.on_node("cloudsmithOidc { echo 'the body runs' }")
    assert build.result == "FAILURE"
    assert build.says(
        "ERROR: cloudsmithOidc: login failed: script returned exit code 4 (Cloudsmith refused the exchange)"
    ), build
    assert "the body runs" not in build.console
    assert runs.remains(build) == Remains()


def test_a_statement_that_is_refused(runs: Runs, sandbox: Sandbox) -> None:
    sandbox.cloudsmith.providers["acme"][-1].claims["sub"] = "somebody else"
    build = runs.on_node("cloudsmithOidc(dir: 'login')")
    assert build.result == "FAILURE"
    [error] = build.errors
    assert error.startswith("cloudsmithOidc: login failed: script returned exit code 4")
    assert runs.remains(build) == Remains()


def test_a_credential_that_is_not_there(runs: Runs) -> None:
    build = runs.on_node("cloudsmithOidc(credentialsId: 'nowhere') { }")
    assert build.result == "FAILURE"
    [error] = build.errors
    assert error.startswith("cloudsmithOidc: ")
    assert "nowhere" in error
    assert "credentialsId" in error
    assert runs.remains(build) == Remains()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (f"{PLUGIN}.IdTokenFileCredentials", {"audience": "https://api.cloudsmith.io", "issuer": ""}),
        (
            "com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl",
            {"username": "somebody", "password": "something"},
        ),
    ],
    ids=["file", "password"],
)
def test_a_credential_of_the_wrong_kind(runs: Runs, controller: Controller, kind: str, fields: dict[str, str]) -> None:
    store = f"{runs.folder}/credentials/store/folder"
    credential = controller.create_credential(store, kind, id="wrong-kind", **fields)
    try:
        build = runs.on_node("cloudsmithOidc(credentialsId: 'wrong-kind') { }")
    finally:
        controller.delete(credential)
    assert build.result == "FAILURE"
    [error] = build.errors
    assert error.startswith("cloudsmithOidc: ")
    assert "wrong-kind" in error
    assert "is of type" in error
    assert runs.remains(build) == Remains()


def test_a_pull_request_from_a_fork(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.on_node("cloudsmithOidc { }", CHANGE_FORK="mallory/app")
    assert build.result == "FAILURE"
    [error] = build.errors
    assert "a pull request from the fork mallory/app" in error
    assert "allowForks: true" in error
    assert sandbox.exchange_requests == []
    allowed = runs.on_node("cloudsmithOidc(allowForks: true) { }", CHANGE_FORK="mallory/app")
    assert allowed.result == "SUCCESS"


def test_options_that_make_no_sense(runs: Runs, sandbox: Sandbox) -> None:
    wrong = [
        "servcie: 'ci-reader'",
        "service: 7",
        "service: ''",
        "service: null",
        "formats: []",
        "repo: ['a', '']",
        "timeout: '60'",
        "allowForks: 'yes'",
        "domains: 'docker.acme.com'",
        "dir: 'a\\nb'",
    ]
    calls = "".join(
        f"try {{ cloudsmithOidc({options}) {{ echo 'accepted' }} }} catch (failure) {{ echo failure.toString() }}\n"
        for options in wrong
    )
    build = runs.on_node(calls)
    assert build.result == "SUCCESS"
    assert "accepted" not in build.console.splitlines()
    errors = [line for line in build.console.splitlines() if line.startswith("hudson.AbortException: ")]
    assert len(errors) == len(wrong)
    for options, error in zip(wrong, errors, strict=True):
        assert error.startswith("hudson.AbortException: cloudsmithOidc: "), error
        assert options.partition(":")[0] in error, error
        assert " must be " in error or "there are: " in error, error
    assert sandbox.exchange_requests == []


def test_values_that_the_program_refuses(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.on_node("cloudsmithOidc(formats: 'cobol') { }")
    assert build.result == "FAILURE"
    [error] = build.errors
    assert error.startswith("cloudsmithOidc: login failed: script returned exit code 2")
    assert "cobol" in build.console
    assert sandbox.exchange_requests == []
    assert runs.remains(build) == Remains()


def test_outside_a_node(runs: Runs) -> None:
    build = runs.pipeline("@Library('cloudsmith-oidc') _\ncloudsmithOidc { }")
    assert build.result == "FAILURE"
    assert "run this inside node" in build.console


def test_an_exchange_that_hangs_ends_in_time(runs: Runs, sandbox: Sandbox) -> None:
    sandbox.faults.always("exchange", faults.hang())
    build = runs.on_node("cloudsmithOidc(timeout: 2) { }")
    assert build.result == "FAILURE"
    [error] = build.errors
    assert error.startswith("cloudsmithOidc: login failed: script returned exit code 6")
    assert runs.remains(build) == Remains()


def test_a_limit_beyond_the_deadline(runs: Runs, sandbox: Sandbox) -> None:
    sandbox.faults.always("exchange", faults.throttled("3304"))
    build = runs.on_node("cloudsmithOidc { }")
    assert build.result == "FAILURE"
    [error] = build.errors
    assert error.startswith("cloudsmithOidc: login failed: script returned exit code 5")
    assert len(sandbox.exchange_requests) == 1
    assert runs.remains(build) == Remains()


def test_an_abort_while_the_exchange_hangs(runs: Runs, sandbox: Sandbox) -> None:
    sandbox.faults.always("exchange", faults.hang())
    build = runs.start_on_node("cloudsmithOidc { }")
    build.wait_until(lambda: sandbox.exchange_requests, "an exchange")
    build.stop()
    assert build.wait().result == "ABORTED"
    assert runs.remains(build) == Remains()


def test_an_abort_of_the_body(runs: Runs) -> None:
    build = runs.start_on_node("cloudsmithOidc { sh 'echo waiting; sleep 600' }")
    build.wait_until(lambda: build.says("waiting"), "the body")
    build.stop()
    assert build.wait().result == "ABORTED"
    assert runs.remains(build) == Remains()


def test_a_time_out_around_the_block(runs: Runs) -> None:
    build = runs.on_node("timeout(time: 15, unit: 'SECONDS') { cloudsmithOidc { sh 'sleep 600' } }")
    assert build.result == "ABORTED"
    assert "Timeout has been exceeded" in build.console
    assert runs.remains(build) == Remains()
