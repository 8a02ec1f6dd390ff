"""The credential: all other tests take the folder's, which has an issuer of its own."""

import secrets

import pytest

from jenkins.controller import Controller, JenkinsError
from jenkins.runs import AUDIENCE, ID_TOKEN, Remains, Runs
from sandbox import Sandbox


def test_a_credential_of_the_controller_and_a_claim_of_the_job(
    runs: Runs, controller: Controller, sandbox: Sandbox
) -> None:
    name = f"cloudsmith-oidc-{secrets.token_hex(4)}"
    try:
        credential = controller.create_credential(
            "credentials/store/system", ID_TOKEN, id=name, audience=AUDIENCE, issuer=""
        )
    except JenkinsError as problem:
        pytest.skip(f"a credential of the controller takes an administrator: {problem}")
    try:
        issuer = controller.get("oidc/.well-known/openid-configuration").json()["issuer"]
        jobs = f"{issuer.removesuffix('/oidc')}/{runs.folder}/"
        sandbox.cloudsmith.providers.clear()
        sandbox.trust(issuer, {"aud": AUDIENCE, "sub": f"{jobs}*"})
        build = runs.on_node(f"cloudsmithOidc(credentialsId: '{name}') {{ }}")
    finally:
        controller.delete(credential)
    assert build.result == "SUCCESS"
    assert len(sandbox.cloudsmith.issued) == 1
    assert runs.remains(build) == Remains()
