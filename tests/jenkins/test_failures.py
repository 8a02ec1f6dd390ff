"""Each failure: one clear error that says what to do, and nothing left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from jenkins.controller import Controller
from jenkins.runs import Remains, Runs
from sandbox import Sandbox, faults

PLUGIN = "io.jenkins.plugins.oidc_provider"


@dataclass(frozen=True)
class Failure:
    """How a call fails: what its one error says, and whether it may ask Cloudsmith. `change` changes the world."""

    call: str
    said: list[str]
    asks: bool = False
    change: Callable[[Sandbox], object] = lambda _: None
    environment: Mapping[str, str] = field(default_factory=dict)


def stranger(sandbox: Sandbox) -> None:
    sandbox.cloudsmith.providers["acme"][-1].claims["sub"] = "somebody else"


def ends(code: int) -> str:
    return f"cloudsmithOidc: login failed: script returned exit code {code} ("


FAILURES = {
    "a block that is refused": Failure("cloudsmithOidc { echo 'the body runs' }", [ends(4)], True, stranger),
    "a statement that is refused": Failure("cloudsmithOidc(dir: 'login')", [ends(4)], True, stranger),
    "no such credential": Failure("cloudsmithOidc(credentialsId: 'nowhere') { }", ["'nowhere'", "credentialsId"]),
    "a fork": Failure(
        "cloudsmithOidc { }",
        ["a pull request from the fork mallory/app", "allowForks: true"],
        environment={"CHANGE_FORK": "mallory/app"},
    ),
    "a value that the program refuses": Failure("cloudsmithOidc(formats: 'cobol') { }", [ends(2)]),
    "an exchange that hangs": Failure(
        "cloudsmithOidc(timeout: 2) { }",
        [ends(6)],
        True,
        lambda sandbox: sandbox.faults.always("exchange", faults.hang()),
    ),
    "a limit beyond the deadline": Failure(
        "cloudsmithOidc { }", [ends(5)], True, lambda sandbox: sandbox.faults.add("exchange", faults.throttled("3304"))
    ),
}


@pytest.mark.parametrize("case", FAILURES)
def test_failure_is_one_error_and_leaves_nothing(runs: Runs, sandbox: Sandbox, case: str) -> None:
    failure = FAILURES[case]
    failure.change(sandbox)
    build = runs.on_node(failure.call, **failure.environment)
    assert build.result == "FAILURE"
    # Under a login that is refused stand the lines of the diagnosis.
    error = build.errors[0]
    assert error.startswith("cloudsmithOidc: ")
    assert [text for text in failure.said if text not in error] == []
    assert "the body runs" not in build.console
    assert failure.asks or sandbox.exchange_requests == []
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


def test_options_that_make_no_sense(runs: Runs, sandbox: Sandbox) -> None:
    wrong = ["servcie: 'ci-reader'", "service: 7", "service: null", "repo: ['a', '']", "timeout: '60'", "dir: 'a\\nb'"]
    calls = "".join(
        f"try {{ cloudsmithOidc({options}) {{ echo 'accepted' }} }} catch (failure) {{ echo failure.toString() }}\n"
        for options in wrong
    )
    build = runs.on_node(calls)
    assert build.result == "SUCCESS"
    assert "accepted" not in build.console.splitlines()
    errors = [line for line in build.console.splitlines() if line.startswith("hudson.AbortException: ")]
    for options, error in zip(wrong, errors, strict=True):
        assert error.startswith("hudson.AbortException: cloudsmithOidc: "), error
        assert options.partition(":")[0] in error, error
        assert " must be " in error or "there are: " in error, error
    assert sandbox.exchange_requests == []


def test_outside_a_node(runs: Runs) -> None:
    build = runs.pipeline("@Library('cloudsmith-oidc') _\ncloudsmithOidc { }")
    assert build.result == "FAILURE"
    assert "run this inside node" in build.console


def test_an_abort_while_the_exchange_hangs(runs: Runs, sandbox: Sandbox) -> None:
    sandbox.faults.always("exchange", faults.hang())
    build = runs.start_on_node("cloudsmithOidc { }")
    build.wait_until(lambda: sandbox.exchange_requests, "an exchange")
    build.stop()
    assert build.wait().result == "ABORTED"
    assert runs.remains(build) == Remains()


@pytest.mark.parametrize("around", ["{}", "timeout(time: 15, unit: 'SECONDS') {{ {} }}"], ids=["abort", "time-out"])
def test_an_abort_of_the_body(runs: Runs, around: str) -> None:
    build = runs.start_on_node(around.format("cloudsmithOidc { sh 'echo waiting; sleep 600' }"))
    if around == "{}":
        build.wait_until(lambda: build.says("waiting"), "the body")
        build.stop()
    assert build.wait().result == "ABORTED"
    assert runs.remains(build) == Remains()
