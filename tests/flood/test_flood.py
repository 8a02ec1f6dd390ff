"""Floods of logins: the simulation does what real processes do."""

from collections import Counter
from pathlib import Path

from flood import processes
from flood.flood import Flood, Outcome
from flood.simulation import simulate
from sandbox import Sandbox
from sandbox.limit import HOUR


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
    usual = [login.pauses for login in simulate(Flood()).logins]
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
