"""The check of the locks that docs/image.md describes, by the real scanner, on a database of made-up holes."""

import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.on_request
FOUND, UNCHECKED = 1, 127
"""How osv-scanner ends: it found something; it could not look."""


def check(repository: Path, database: Path) -> subprocess.CompletedProcess[str]:
    """Do as the page says."""
    if not shutil.which("osv-scanner"):
        pytest.skip("not installed: osv-scanner (see docs/image.md)")
    command = re.findall(r"(?m)^(osv-scanner scan source .*)$", (repository / "docs/image.md").read_text())[0]
    environment = {**os.environ, "OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY": str(database)}
    return subprocess.run(command.split(), cwd=repository, env=environment, capture_output=True, text=True, check=False)


def holes(database: Path, ecosystem: str, package: str) -> None:
    """Put a hole into one ecosystem's part of the database: every version of one package has it."""
    versions = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}
    affected = [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": [versions]}]
    hole = {"id": f"HOLE-{package}", "modified": "2026-01-01T00:00:00Z", "affected": affected}
    archive = database / "osv-scalibr" / ecosystem / "all.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(f"{hole['id']}.json", json.dumps(hole))


@pytest.mark.parametrize(
    ("python", "npm", "maven", "code"),
    [
        ("cryptography", "no-such-package", "no.such:package", FOUND),
        ("no-such-package", "npm-groovy-lint", "no.such:package", FOUND),
        ("no-such-package", "no-such-package", "org.assertj:assertj-core", FOUND),
        ("no-such-package", "no-such-package", "no.such:package", 0),
    ],
)
def test_a_hole_in_what_is_locked_is_found(
    repository: Path, tmp_path: Path, python: str, npm: str, maven: str, code: int
) -> None:
    for ecosystem, package in {"PyPI": python, "npm": npm, "Maven": maven}.items():
        holes(tmp_path, ecosystem, package)

    assert check(repository, tmp_path).returncode == code


def test_without_a_database_it_fails(repository: Path, tmp_path: Path) -> None:
    assert check(repository, tmp_path).returncode == UNCHECKED
