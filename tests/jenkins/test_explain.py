"""The preflight: `cloudsmithOidc.explain(…)`."""

import re
from pathlib import Path

from jenkins.controller import Controller
from jenkins.runs import Remains, Runs
from sandbox import Sandbox


def test_it_names_the_cause_and_what_to_enter_at_cloudsmith(runs: Runs, sandbox: Sandbox) -> None:
    [*_, provider] = sandbox.cloudsmith.providers["acme"]
    provider.services.clear()
    build = runs.on_node("cloudsmithOidc.explain(service: 'ci-reader')")
    assert build.result == "FAILURE"
    [error] = build.errors
    assert error.startswith("cloudsmithOidc: explain failed: script returned exit code ")
    assert "exchange-refused" in build.console
    assert provider.issuer in build.console
    assert runs.remains(build) == Remains()


def test_with_an_api_key_it_looks_at_cloudsmiths_side_and_shows_no_key(
    controller: Controller, runs: Runs, sandbox: Sandbox
) -> None:
    [*_, provider] = sandbox.cloudsmith.providers["acme"]
    provider.enabled = False
    key = sandbox.api_key("Owner")
    secret_text = "org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl"
    store = f"{runs.folder}/credentials/store/folder"
    credential = controller.create_credential(store, secret_text, id="cloudsmith-admin", secret=key)
    try:
        build = runs.on_node("cloudsmithOidc.explain(service: 'ci-reader', apiKeyCredentialsId: 'cloudsmith-admin')")
    finally:
        controller.delete(credential)
    assert build.result == "FAILURE"
    assert "error: provider-disabled" in build.console.splitlines()
    assert key not in build.console
    assert runs.remains(build) == Remains()


def test_the_documented_pipeline_archives_the_page(
    controller: Controller, runs: Runs, sandbox: Sandbox, repository: Path
) -> None:
    sandbox.cloudsmith.providers.clear()
    text = (repository / "docs/explain.md").read_text()
    (example,) = re.findall(r"<!-- example: archive the report -->\n```groovy\n(.*?)```", text, re.DOTALL)
    build = runs.pipeline(example.replace("agent any", 'agent any\n    environment { PATH = "$TOOLS:$PATH" }'))
    assert build.result == "FAILURE"
    answer = controller.get(f"{build.path}/artifact/report.html")
    # Jenkins forbids the page's own style, so the colour must be in an attribute.
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert re.search(r'<h1><font color="#b3191f" class="broken">It breaks at: ', answer.text)
    assert runs.remains(build) == Remains(files=("report.html",))
