"""The page docs/console.md shows what people see: each part of it is what the launcher says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import Sandbox

CHANGING = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ|fingerprint=[0-9a-f]{12}"


@pytest.fixture
def shown(repository: Path) -> dict[str, str]:
    """What the page shows, by the title before it."""
    page = (repository / "docs/console.md").read_text()
    parts = re.findall(r"<!-- console: (.*?) -->\n\n((?:    .*\n)+)", page)
    return {title: re.sub(r"(?m)^    ", "", text) for title, text in parts}


def said(launcher: Path, sandbox: Sandbox, folder: Path, **environment: str) -> str:
    """The lines of the launcher and the program."""
    given = {
        **sandbox.environment(),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "CLOUDSMITH_ORG": "acme",
        "CLOUDSMITH_SERVICE_SLUG": "ci-reader",
        "CLOUDSMITH_REPO": "prod",
        "CLOUDSMITH_OIDC_TOKEN": sandbox.mint(),
    }
    done = subprocess.run(
        ["sh", launcher, "login", folder / "login"],
        cwd=folder,
        env=given | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return "".join(line for line in done.stderr.splitlines(keepends=True) if line.startswith("cloudsmith-oidc:"))


def same(text: str) -> str:
    return re.sub(CHANGING, "…", text)


def test_success(shown: dict[str, str], launcher: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    assert same(said(launcher, sandbox, tmp_path)) == same(shown["success"])


def test_refusal(shown: dict[str, str], launcher: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    [provider] = sandbox.cloudsmith.providers["acme"]
    provider.claims["sub"] = "https://jenkins.example.com/job/other/"

    assert same(said(launcher, sandbox, tmp_path)) == same(shown["refusal"])


def test_missing_image(
    shown: dict[str, str], launcher: Path, sandbox: Sandbox, tmp_path: Path, engine: dict[str, str]
) -> None:
    text = said(launcher, sandbox, tmp_path, CLOUDSMITH_OIDC_RUNTIME="docker", **engine)

    assert text == shown["missing image"]
