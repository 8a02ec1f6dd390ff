import subprocess
from pathlib import Path

import pytest

from needs import need


@pytest.fixture(scope="session")
def tracked_files(repository: Path) -> list[str]:
    """Every file of the next commit: tracked, or new and not ignored."""
    need("git")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip(f"git does not list the files here: {listed.stderr.strip()}")
    return [name for name in listed.stdout.split("\0") if name and (repository / name).exists()]
