"""Logins at once to one directory: one whole set of files is left, of the login that wrote last."""

from itertools import cycle, islice
from pathlib import Path

import pytest

from directory.writers import Command, Launcher, Writer, files, is_private

PAIRS = {"the command": ["command"], "the launcher": ["dash", "bash", "busybox"], "both": ["command", "dash"]}


@pytest.mark.parametrize("pair", PAIRS)
def test_one_whole_set_is_left(home: Path, command: Command, launchers: dict[str, Launcher], pair: str) -> None:
    directory = home / "workspace/d"
    names = islice(cycle(PAIRS[pair]), 6)
    chosen: list[Writer] = [command if name == "command" else launchers[name] for name in names]
    for _ in range(3):
        running = [writer.start("d", few=number % 2 == 1) for number, writer in enumerate(chosen)]
        ended = [process.communicate(timeout=60) for process in running]
        assert [process.returncode for process in running] == [0] * 6, ended
        assert files(directory) in [writer.files(few=number % 2 == 1) for number, writer in enumerate(chosen)]
        assert is_private(directory)
