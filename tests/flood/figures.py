"""What is asked of a flood, and its figures, which `figures.json` keeps for the page and the plot."""

from collections import Counter
from typing import Any

from flood.flood import SILENT, Flood, Outcome

SCENARIOS = {
    "one login a build, without the outage": Flood(outage=None),
    "one login a build": Flood(),
    "one login a build, Cloudsmith is silent in the outage": Flood(fault=SILENT),
    "one login a build, requests in the outage count": Flood(outage_counts=True),
    "one login a stage, four stages of a minute": Flood(stages=4),
    "one login a branch, eight branches": Flood(branches=8),
    "one login a build, two addresses": Flood(addresses=2),
    "one login a build, the option timeout is an hour": Flood(timeout=3600),
    "one login a build, 25 builds a minute": Flood(within=4800),
    "one login a build, the limit is used up until second 60, no outage": Flood(earlier=(-3540.0,) * 1800, outage=None),
    "one login a build, 2,000 builds an hour for three hours, no outage": Flood(
        builds=6000, within=3 * 3600, outage=None
    ),
}
MAIN = "one login a build"
HERD = "one login a build, the limit is used up until second 60, no outage"
COMPARED = Flood(builds=200, limit=180, timeout=1800)
"""A tenth of it, for real processes. The time of their start is part of their `timeout`, so that is longer."""


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return one row of the table. The waits are those of logins that succeeded, in seconds."""
    waits = sorted(login.wait for login in outcome.logins if not login.code)
    statuses = Counter(status for _, status in outcome.answers)
    return {
        "logins": len(outcome.logins),
        "requests": len(outcome.answers),
        "refused": statuses[429],
        "failed": len({login.build for login in outcome.logins if login.code}),
        "busiest": max(Counter(int(moment) for moment, _ in outcome.answers).values()),
        **{name: round(waits[int(part * (len(waits) - 1))], 1) for name, part in PARTS.items()},
    }


PARTS = {"p50": 0.5, "p99": 0.99, "longest": 1}


def course(outcome: Outcome) -> dict[str, list[int]]:
    """Return how many answers there were of each status, second by second."""
    found = Counter((status, int(moment)) for moment, status in outcome.answers)
    seconds = range(max(second for _, second in found) + 1)
    return {str(status): [found[status, second] for second in seconds] for status in (201, 503, 429)}


def spread(outcome: Outcome) -> dict[str, Any]:
    """Return what can be compared of two outcomes: the exit codes, the numbers of requests, and the waits."""
    return {
        "exit codes": dict(sorted(Counter(str(login.code) for login in outcome.logins).items())),
        "requests": sorted(len(login.requests) for login in outcome.logins),
        "waits": sorted(round(login.wait, 1) for login in outcome.logins),
    }
