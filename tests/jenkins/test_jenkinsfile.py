"""The library's own Jenkinsfile."""

import os
from pathlib import Path

import pytest

from jenkins.controller import Controller
from jenkins.runs import Place, Runs

DOCKER = """#!/bin/sh
# An engine without a bridge builds on the machine's network.
PATH=${PATH#*:}
[ "$1" != build ] || { shift; set -- build --network host "$@"; }
exec docker "$@"
"""


def test_jenkins_accepts_it(controller: Controller, repository: Path) -> None:
    text = (repository / "Jenkinsfile").read_text()
    answer = controller.post("pipeline-model-converter/validate", data={"jenkinsfile": text})
    assert "successfully validated" in answer.text


def test_it_builds_the_image_and_uses_it(runs: Runs, agent: dict[str, str], place: Place) -> None:
    if not agent["engine"]:
        pytest.skip("no Docker engine answers on the agent")
    (runs.shared / "bin").mkdir()
    docker = runs.shared / "bin/docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    build = runs.checkout(
        PYTEST_ADDOPTS="tests/sandbox_tests/test_issuer.py",  # not every test once more
        OIDC_ISSUER=place.issuer,
        **{"PATH+DOCKER": str(docker.parent)},
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
    )
    assert build.result == "SUCCESS"
    assert "Saved " in build.console, "no package came"
