import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tracked_files(repository: Path) -> list[str]:
    """Every file of the next commit: tracked, or new and not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (repository / name).exists()]
