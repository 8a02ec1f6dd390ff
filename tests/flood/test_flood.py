"""Floods of logins: the simulation does what real processes do, and its figures are those of docs/many-builds.md."""

import json
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from flood import processes
from flood.figures import COMPARED, HERD, MAIN, SCENARIOS, course, spread, summary
from flood.flood import Flood, Outcome
from flood.page import FIGURES, PAGE, PLOT, with_table
from flood.plot import plot
from flood.simulation import log_in_once, simulate
from sandbox import Sandbox, faults
from sandbox.limit import HOUR

ANEW = "run: (cd tests && ../.venv/bin/python -m flood)"


@pytest.fixture
def figures() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FIGURES.read_text())
    return found


def ends(outcome: Outcome) -> tuple[Counter[int], Counter[int]]:
    """Count exit codes and answers."""
    return Counter(login.code for login in outcome.logins), Counter(status for _, status in outcome.answers)


def test_simulation_ends_as_real_processes_do(sandbox: Sandbox, tmp_path: Path) -> None:
    # Which answers fail is a matter of their number, not of time: so a slow machine changes nothing.
    flood = Flood(builds=12, within=0, limit=9, outage=None, failing=18, timeout=600)

    real, simulated = processes.run(flood, sandbox, tmp_path), simulate(flood)

    assert ends(real) == ends(simulated) == ({0: 9, 5: 3}, {503: 18, 201: 9, 429: 3})
    pauses = [login.pauses for login in real.logins]
    # Many simulated ones show how long a first, second … pause can be.
    usual = [login.pauses for login in simulate(SCENARIOS[MAIN]).logins]
    for number in range(max(map(len, pauses))):
        longest = max(given[number] for given in usual if len(given) > number)
        assert all(given[number] <= longest for given in pauses if len(given) > number)
    assert len({pause for given in pauses for pause in given}) > 3, "all processes wait equally long"


def test_logins_refused_together_come_back_apart() -> None:
    flood = Flood(builds=100, within=0, limit=100, earlier=(10 - HOUR,) * 100, outage=None)

    outcome = simulate(flood)

    assert ends(outcome) == ({0: 100}, {429: 100, 201: 100})
    returned = Counter(int(moment) for moment, status in outcome.answers if status == 201)
    assert max(returned.values()) < 25

    # However little time there is after the moment for which they are asked to come back.
    assert ends(simulate(Flood(**vars(flood) | {"timeout": 11})))[0] == {0: 100}


def later(seconds: int, status: int) -> faults.Answer:
    return faults.json_answer({}, status, {"Retry-After": str(seconds)})


@pytest.mark.parametrize(
    ("answers", "last"),
    [
        # The next try has less than half of the time left, and ends with the last of it.
        ([*[faults.json_answer({}, 503)] * 2, later(14, 429), None], "Cloudsmith's rate limit is used up (429)"),
        # Or it fails before: then it says more.
        ([later(14, 429), later(3600, 503)], "Cloudsmith answered 503"),
        ([later(24, 429), later(3600, 503)], "Cloudsmith answered 503"),
        ([None, later(3600, 503)], "Cloudsmith answered 503"),
    ],
)
def test_an_attempt_that_had_no_time_left_is_not_the_reason(answers: list[faults.Answer | None], last: str) -> None:
    said, moments = log_in_once(answers, timeout=25)

    assert said == last
    # A silent one may take half of the time.
    assert answers[0] or moments[1] > 12.5


def test_figures_are_those_of_the_simulation(figures: dict[str, Any]) -> None:
    for name in (MAIN, HERD):
        outcome = simulate(SCENARIOS[name])
        assert figures["scenarios"][name] == summary(outcome), ANEW
        assert name != MAIN or figures["course"] == course(outcome), ANEW


def test_page_and_plot_show_the_figures(figures: dict[str, Any]) -> None:
    assert PAGE.read_text() == with_table(PAGE.read_text(), figures), ANEW
    assert PLOT.read_text() == plot(figures), ANEW


def test_many_real_processes_did_what_the_simulation_does(figures: dict[str, Any]) -> None:
    simulated = spread(simulate(COMPARED))
    real = figures["compared"]["processes"]

    assert simulated == figures["compared"]["simulation"], ANEW
    assert real["exit codes"] == simulated["exit codes"]
    for quantity in ("requests", "waits"):
        # The largest distance of the two distributions (Kolmogorov and Smirnov).
        shares = [
            abs(bisect_right(real[quantity], value) - bisect_right(simulated[quantity], value)) / COMPARED.builds
            for value in real[quantity] + simulated[quantity]
        ]
        assert max(shares) < 0.1, quantity
