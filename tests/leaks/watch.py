"""Watches a command and all that it starts by strace, which stops every process at each call: it misses none."""

import codecs
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from needs import need

WRITES = ("write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg")
CALL = re.compile(r"(\w+)\((?:\d+<([^>]*)>(\(deleted\))?)?")


@dataclass(frozen=True)
class Call:
    """A call of the kernel that names a file, starts a program, or writes.

    `text` has all arguments, those and the environment of a program included. `target` is the file, the pipe or the
    socket to which a call writes, `deleted` if the file has no name any more.
    """

    name: str
    target: str
    deleted: bool
    text: str

    @property
    def writes(self) -> bool:
        return self.name in WRITES


def watched(folder: Path) -> list[str]:
    """Return the words to put before a command, so that a folder gets what it does."""
    need("strace")
    strace = [str(shutil.which("strace")), "-ff", "-qqq", "--seccomp-bpf"]
    return [*strace, "-v", "-yy", "-s", "9999999", "-e", f"trace=%file,{','.join(WRITES)}", "-o", f"{folder}/trace"]


def calls(folder: Path) -> Iterator[Call]:
    """Yield the calls that a folder got, each once."""
    for line in {line for path in folder.iterdir() for line in path.read_text().splitlines()}:
        if call := CALL.match(line):
            yield Call(call[1], call[2] or "", bool(call[3]), codecs.decode(line, "unicode_escape"))
