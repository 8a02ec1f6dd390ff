"""A flood of logins: what happens, and how it went. `simulation` and `processes` let one happen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sandbox import faults

ASKS = "asks for a token"
"""The program's debug line before each request."""
OUTAGE = (15.0, 45.0)
UNAVAILABLE, SILENT = faults.status(503), faults.hang()


@dataclass(frozen=True, kw_only=True)
class Flood:
    """What happens. Times are in seconds from the start of the first build."""

    builds: int = 2000
    within: float = 60.0
    """The builds start evenly in this time."""
    branches: int = 1
    """Logins of a build at the same time."""
    stages: int = 1
    """Logins of a branch one after the other, `stage` seconds apart."""
    stage: float = 60.0
    timeout: int = 60
    """The library's option `timeout`."""
    addresses: int = 1
    """IP addresses, over which the agents are spread evenly."""
    limit: int = 1800
    """Calls in an hour from one address."""
    earlier: tuple[float, ...] = ()
    """When an address has called before. These calls count for the limit."""
    outage: tuple[float, float] | None = OUTAGE
    fault: faults.Fault = UNAVAILABLE
    """What the outage is."""
    outage_counts: bool = False
    """Whether calls during the outage count for the limit."""
    failing: int = 0
    """So many answers are 503, whenever they come."""

    def plan(self, answers: faults.Faults, at: Callable[[float, Callable[[], None]], object]) -> None:
        """Make the exchange fail when it should. `at` has something done at a moment."""
        answers.add("exchange", UNAVAILABLE, times=self.failing)
        if self.outage:
            begin, end = self.outage
            at(begin, lambda: answers.always("exchange", self.fault))
            at(end, answers.clear)


@dataclass(frozen=True)
class Login:
    """How one login went: when it sent each request, the pauses that it announced, and its exit code."""

    build: int
    requests: tuple[float, ...]
    pauses: tuple[float, ...]
    code: int

    @property
    def wait(self) -> float:
        """The seconds until it sent the last request, which decided."""
        return self.requests[-1] - self.requests[0]

    @classmethod
    def from_log(cls, build: int, lines: Iterable[tuple[float, str]], code: int) -> "Login":
        """Read the program's debug log: the moments and the texts of its lines."""
        lines = list(lines)
        pauses = (
            text.rpartition(": tried again in ")[2].split()[0] for _, text in lines if ": tried again in " in text
        )
        return cls(
            build,
            tuple(moment for moment, text in lines if text == ASKS),
            tuple(float(pause) for pause in pauses),
            code,
        )


@dataclass
class Outcome:
    """How a flood went: its logins, and the moment and the status of each answer, 0 for silence."""

    logins: list[Login] = field(default_factory=list)
    answers: list[tuple[float, int]] = field(default_factory=list)
