import pytest

from in_process import InProcess


@pytest.fixture
def cli(in_process: InProcess) -> InProcess:
    """The command, in the sandbox's world. Each of its findings is worth a case, but not a process."""
    return in_process
