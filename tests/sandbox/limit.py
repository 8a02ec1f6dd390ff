"""A rate limit, as Django REST framework keeps it, whose words the vendor's 429 has.

Its `SimpleRateThrottle` remembers the calls of the last period, and does not count those that it refuses.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus

from sandbox.faults import Answer, json_answer

HOUR = 3600.0


class RateLimit:
    """Answers at most `calls` within any `period` of seconds, and the rest with 429. For one address of clients."""

    def __init__(self, calls: int, period: float = HOUR, now: Callable[[], float] = time.monotonic) -> None:
        self.calls = calls
        self.period = period
        self.earlier: deque[float] = deque()
        """When the calls came that count, the oldest first."""
        self._now = now
        self._lock = threading.Lock()

    def answer(self, true_answer: Callable[[], Answer]) -> Answer:
        """Return the true answer, or 429 with the seconds until the oldest call is a period ago."""
        with self._lock:
            now = self._now()
            while self.earlier and self.earlier[0] <= now - self.period:
                self.earlier.popleft()
            if len(self.earlier) >= self.calls:
                seconds = math.ceil(self.earlier[0] + self.period - now)
                text = f"Request was throttled. Expected available in {seconds}.0 seconds."
                return json_answer({"detail": text}, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(seconds)})
            self.earlier.append(now)
        return true_answer()
