from pathlib import Path

import pytest

from in_process import InProcess
from sandbox import Sandbox


@pytest.fixture
def cli(sandbox: Sandbox, tmp_path: Path) -> InProcess:
    """The command, in the sandbox's world. Each of its findings is worth a case, but not a process."""
    return InProcess(sandbox, tmp_path / "login")
