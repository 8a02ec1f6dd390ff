"""The entry of the program: an early signal ends it without a traceback, before `cli` heeds signals itself."""

import os
import signal
import sys

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, _: os._exit(128 + number))

from cloudsmith_oidc.cli import main  # noqa: E402 - importing takes most of the time

if __name__ == "__main__":
    sys.exit(main())
