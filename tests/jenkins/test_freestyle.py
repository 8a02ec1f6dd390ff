"""Freestyle jobs: a secret-text binding and a shell step."""

import re
import shutil
from pathlib import Path

from jenkins.runs import Runs
from sandbox import Sandbox

LAUNCHER = "resources/cloudsmith/oidc/cloudsmith-oidc.sh"


def test_the_documented_step_works_as_written(runs: Runs, packages: Sandbox, repository: Path) -> None:
    """The launcher is in the workspace, as if checked out or downloaded there, and the command on PATH."""
    shutil.copy(repository / LAUNCHER, runs.shared)
    page = (repository / "docs/freestyle.md").read_text()
    found = re.search(r"<!-- freestyle -->\n+```sh\n(.*?)```", page, re.DOTALL)
    assert found, "docs/freestyle.md has no shell block after <!-- freestyle -->"
    build = runs.freestyle(f'PATH="$TOOLS:$PATH"\ncp "$SHARED/cloudsmith-oidc.sh" .\n{found[1]}')
    assert build.result == "SUCCESS"
    assert len(packages.cloudsmith.issued) == 1
    assert runs.remains(build).secrets == ()
