"""The same with the image, where the agent has a Docker engine that shares the network of the machine."""

import subprocess

from jenkins.runs import SHOW_TOKEN, Remains, Runs, shown
from sandbox import Sandbox, faults

LIBRARY = "@Library('cloudsmith-oidc') _\n"


def test_the_engine_is_found_by_itself(runs: Runs, sandbox: Sandbox, image: str) -> None:
    block = f"cloudsmithOidc(network: 'host') {{ {SHOW_TOKEN} }}"
    build = runs.pipeline(f"{LIBRARY}node {{ {block} }}", CLOUDSMITH_OIDC_IMAGE=image)
    assert build.result == "SUCCESS"
    [token] = sandbox.cloudsmith.issued
    assert shown(token, build)
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
