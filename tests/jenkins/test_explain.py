"""The preflight: `cloudsmithOidc.explain(…)`."""

from jenkins.runs import Remains, Runs
from sandbox import Sandbox


def test_it_names_the_cause_and_what_to_enter_at_cloudsmith(runs: Runs, sandbox: Sandbox) -> None:
    [*_, provider] = sandbox.cloudsmith.providers["acme"]
    provider.services.clear()
    build = runs.on_node("cloudsmithOidc.explain(service: 'ci-reader')")
    assert build.result == "FAILURE"
    [error] = build.errors
    assert error.startswith("cloudsmithOidc: explain ended with exit code ")
    assert "exchange-refused" in build.console
    assert provider.issuer in build.console
    assert runs.remains(build) == Remains()


def test_it_writes_nothing_when_all_is_well(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.on_node("cloudsmithOidc.explain()")
    assert len(sandbox.cloudsmith.issued) == 1
    assert runs.remains(build) == Remains()
    assert build.result == "SUCCESS"
