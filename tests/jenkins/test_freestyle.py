"""Freestyle jobs: a secret-text binding and a shell step."""

import re
import shutil
from pathlib import Path

import pytest

from jenkins.runs import Remains, Runs
from sandbox import Sandbox

LAUNCHER = "resources/cloudsmith/oidc/cloudsmith-oidc.sh"

STEP = """
sh "$SHARED/cloudsmith-oidc.sh" login "$WORKSPACE_TMP/cloudsmith"
trap 'sh "$SHARED/cloudsmith-oidc.sh" logout "$WORKSPACE_TMP/cloudsmith"' EXIT
. "$WORKSPACE_TMP/cloudsmith/activate"
"""


@pytest.fixture
def prefix(runs: Runs, repository: Path) -> str:
    shutil.copy(repository / LAUNCHER, runs.shared)
    return 'PATH="$TOOLS:$PATH"\n'


def test_a_shell_step_logs_in_and_out(runs: Runs, packages: Sandbox, prefix: str) -> None:
    install = 'pip download --no-deps --dest "$WORKSPACE_TMP/wheels" acme-hello\nrm -r "$WORKSPACE_TMP/wheels"\n'
    build = runs.freestyle(prefix + STEP + install)
    assert build.result == "SUCCESS"
    assert len(packages.cloudsmith.issued) == 1
    assert runs.remains(build) == Remains()


def test_a_step_that_fails_logs_out(runs: Runs, prefix: str) -> None:
    build = runs.freestyle(f'{prefix}{STEP}ls "$PIP_CONFIG_FILE"\nfalse\n')
    assert build.result == "FAILURE"
    assert "/cloudsmith/pip.conf" in build.console
    assert runs.remains(build) == Remains()


def test_a_login_that_is_refused_ends_the_step(runs: Runs, sandbox: Sandbox, prefix: str) -> None:
    sandbox.cloudsmith.providers.clear()
    build = runs.freestyle(f"{prefix}{STEP}echo 'the body runs'\n")
    assert build.result == "FAILURE"
    assert "\nthe body runs" not in build.console
    assert runs.remains(build) == Remains()


def test_the_documented_step_works_as_written(runs: Runs, packages: Sandbox, repository: Path, prefix: str) -> None:
    """The launcher is in the workspace, as if checked out or downloaded there, and the command on PATH."""
    page = (repository / "docs/freestyle.md").read_text()
    found = re.search(r"<!-- freestyle -->\n+```sh\n(.*?)```", page, re.DOTALL)
    assert found, "docs/freestyle.md has no shell block after <!-- freestyle -->"
    build = runs.freestyle(f'{prefix}cp "$SHARED/cloudsmith-oidc.sh" .\n{found[1]}')
    assert build.result == "SUCCESS"
    assert len(packages.cloudsmith.issued) == 1
    assert runs.remains(build).secrets == ()
