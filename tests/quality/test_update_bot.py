"""The update bot looks at every lock file but the package clients', which go with a line of clients.txt each."""

import json
from pathlib import Path, PurePath

LOCKS = {"package-lock.json": "package.json", "requirements*.txt": None, "Dockerfile": None}


def test_it_is_told_of_every_lock_file(repository: Path, tracked_files: list[str]) -> None:
    told = json.loads((repository / "renovate.json").read_text())["includePaths"]

    assert set(told) == {
        str(PurePath(name).with_name(manifest) if manifest else name)
        for name in tracked_files
        for lock, manifest in LOCKS.items()
        if PurePath(name).match(lock) and not name.startswith("tests/clients/locks/")
    }
    assert set(told) <= set(tracked_files)
