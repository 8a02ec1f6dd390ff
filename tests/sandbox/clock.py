"""The clocks of the sandbox's hosts, which may be wrong."""

import time
from dataclasses import dataclass
from email.utils import formatdate


@dataclass
class Clock:
    """A host's clock, `ahead` of this machine's by that many seconds."""

    ahead: float = 0.0

    def now(self) -> int:
        """Seconds since the epoch."""
        return int(time.time() + self.ahead)

    def http_date(self, later: float = 0.0) -> str:
        """The time now, or `later` by that many seconds, as HTTP writes it."""
        return formatdate(self.now() + later, usegmt=True)
