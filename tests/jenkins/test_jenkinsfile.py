"""The library's own Jenkinsfile."""

import os
import re
import textwrap
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


def test_jenkins_accepts_it_and_the_pipelines_of_the_pages(controller: Controller, repository: Path) -> None:
    pages = [repository / "README.md", *sorted((repository / "docs").rglob("*.md"))]
    shown = [text for page in pages for text in re.findall(r"(?ms)^ *```groovy\n(.*?)^ *```", page.read_text())]
    # Agents in containers come with plugins that this suite does not ask for.
    texts = [text for text in shown if "pipeline {" in text and not re.search(r"(?m)^ +(docker|kubernetes) \{", text)]
    texts.append((repository / "Jenkinsfile").read_text())
    for text in texts:
        answer = controller.post("pipeline-model-converter/validate", data={"jenkinsfile": textwrap.dedent(text)})
        assert "successfully validated" in answer.text, (text, answer.text)


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
