"""What a hostile build does beside a login: exchange two names, as fast as it can, until it is ended.

    python flip.py KIND TARGET NAME

NAME is what login uses. Beside it lies its double, NAME.double: a symbolic link to TARGET, or a FIFO. Both are
exchanged in one step (renameat2), for moments of different lengths. One that is gone is made again. Linux only.
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
SECONDS = [0, 0, 0, 0, 0.00005, 0.0005, 0.003]


def main() -> None:
    kind, target = sys.argv[1:3]
    name = Path(sys.argv[3])
    double = Path(f"{name}.double")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        if LIBC.renameat2(AT_FDCWD, bytes(name), AT_FDCWD, bytes(double), RENAME_EXCHANGE) == 0:
            time.sleep(random.choice(SECONDS))
            continue
        with suppress(OSError):
            if double.is_symlink() or double.is_fifo() or not double.exists():
                os.mkfifo(double) if kind == "fifo" else double.symlink_to(target)
            else:
                double.rename(name)


if __name__ == "__main__":
    main()
