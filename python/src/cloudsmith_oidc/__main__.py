"""The entry of the program: an early signal ends it without a traceback, before `cli` heeds signals itself."""

import os
import signal
import sys
import threading

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, _: os._exit(128 + number))

from cloudsmith_oidc import cli  # noqa: E402 - importing takes most of the time


def main() -> int:
    """Run the program and return its exit code."""
    code = cli.main()
    if threading.active_count() > 1:
        # OpenSSL crashes if Python ends while a thread that a deadline left behind still loads certificates.
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
