"""The same with the image, where the agent has a Docker engine that shares the network of the machine."""

import subprocess
from hashlib import sha256

import pytest

from jenkins.runs import Remains, Runs
from sandbox import Sandbox, faults

LIBRARY = "@Library('cloudsmith-oidc') _\n"


def test_a_block_with_the_image(runs: Runs, sandbox: Sandbox, image: str) -> None:
    build = runs.pipeline(
        LIBRARY
        + """
        node {
            cloudsmithOidc(runtime: 'docker', network: 'host') {
                sh '''#!/bin/sh
                ls "$PIP_CONFIG_FILE" "$DOCKER_CONFIG/config.json"
                sed -n 's/.*:_authToken=//p' "$NPM_CONFIG_USERCONFIG" | tr -d '\\n' | sha256sum
                '''
            }
        }
        """,
        CLOUDSMITH_OIDC_IMAGE=image,
    )
    assert build.result == "SUCCESS"
    [token] = sandbox.cloudsmith.issued
    assert sha256(token.encode()).hexdigest() in build.console
    assert runs.remains(build) == Remains()


def test_the_engine_is_found_by_itself(runs: Runs, sandbox: Sandbox, image: str) -> None:
    build = runs.pipeline(LIBRARY + f"node {{ cloudsmithOidc(image: '{image}', network: 'host') {{ }} }}")
    assert build.result == "SUCCESS"
    assert len(sandbox.cloudsmith.issued) == 1
    assert runs.remains(build) == Remains()


def test_an_abort_ends_the_container(runs: Runs, sandbox: Sandbox, image: str) -> None:
    sandbox.faults.always("exchange", faults.hang())
    build = runs.start(LIBRARY + f"node {{ cloudsmithOidc(image: '{image}', network: 'host') {{ }} }}")
    build.wait_until(lambda: sandbox.exchange_requests, "an exchange")
    build.stop()
    assert build.wait().result == "ABORTED"
    containers = ["docker", "ps", "--all", "--quiet", "--filter", f"ancestor={image}"]
    assert subprocess.run(containers, check=True, capture_output=True).stdout == b""
    assert runs.remains(build) == Remains()


@pytest.mark.usefixtures("image")
def test_an_image_that_is_nowhere(runs: Runs) -> None:
    build = runs.pipeline(LIBRARY + "node { cloudsmithOidc(image: 'localhost:1/nowhere:1') { } }")
    assert build.result == "FAILURE"
    assert "docker has no image 'localhost:1/nowhere:1'" in build.console
    [error] = build.errors
    assert error.startswith("cloudsmithOidc: login failed: script returned exit code 2")
    assert runs.remains(build) == Remains()


def test_an_engine_that_does_not_answer(runs: Runs) -> None:
    script = "node { withEnv(['DOCKER_HOST=unix:///nowhere']) { cloudsmithOidc(runtime: 'docker') { } } }"
    build = runs.pipeline(LIBRARY + script)
    assert build.result == "FAILURE"
    [reason] = [line for line in build.console.splitlines() if line.startswith("cloudsmith-oidc: ")]
    assert "(docker: " in reason
    assert runs.remains(build) == Remains()
