"""Time: one limit for everything that may never end, and how a moment is written in messages, logs and login.json."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

_T = TypeVar("_T")


class Deadline:
    """A point in time, `seconds` after it is made, on a clock that cannot be set."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left, never less than 0."""
        return max(0.0, self._end - time.monotonic())

    def run(self, call: Callable[[], _T]) -> _T:
        """Return what `call` returns. Raises `TimeoutError` at the deadline; `call` is then left running.

        A thread, because nothing else ends every call: opening a named pipe and resolving a host name have no
        time-out, and httpx starts its own anew with every byte. A daemon thread does not keep the process alive.
        """
        outcome: list[_T | BaseException] = []

        def run() -> None:
            try:
                outcome.append(call())
            except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
                outcome.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.remaining())
        if not outcome:
            raise TimeoutError
        result = outcome[0]
        if isinstance(result, BaseException):
            raise result
        return result


def timestamp(moment: datetime) -> str:
    """Return a moment, which must be in UTC, as ISO 8601 with whole seconds: `2026-11-21T12:00:00Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
