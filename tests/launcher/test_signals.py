"""A login that is aborted leaves nothing behind: no file, no process, no container."""

import itertools
import os
import signal

import pytest

from launcher.agent import SET, Agent

SIGNALS = {"HUP": 129, "INT": 130, "TERM": 143}


def ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("runtime", ["cloudsmith-oidc", "docker", "podman"])
@pytest.mark.parametrize("command", [["login", "d"], ["explain"]])
def test_a_signal_ends_the_program_and_leaves_nothing(
    agent: Agent, name: str, runtime: str, command: list[str]
) -> None:
    agent.has(runtime, blocks=True)
    with agent.started(*command) as launcher:
        launcher.send_signal(signal.Signals[f"SIG{name}"])
        launcher.communicate(timeout=60)
    assert launcher.returncode == SIGNALS[name]
    assert ended(agent.run_call.pid)
    assert agent.tree() == {}


def test_a_signal_leaves_the_set_of_an_earlier_login(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d")
    before = agent.tree()
    agent.has("cloudsmith-oidc", blocks=True)
    with agent.started("login", "d") as launcher:
        launcher.terminate()
        launcher.communicate(timeout=60)
    assert agent.tree() == before
    assert agent.files("d") == SET


@pytest.mark.parametrize("runtime", ["docker", "podman"])
def test_the_engine_is_told_to_end_the_container(agent: Agent, runtime: str) -> None:
    """A client that is told to end may leave its container: one without a signal handler of its own goes on."""
    agent.has(runtime, blocks=True)
    with agent.started("login", "d") as launcher:
        launcher.terminate()
        launcher.communicate(timeout=60)
    container = agent.run_call.argv[agent.run_call.argv.index("--name") + 1]
    assert agent.calls[-1].argv == [runtime, "rm", "-f", container]


@pytest.mark.parametrize("failure", [0, 4])
def test_at_any_moment_a_signal_leaves_all_or_nothing(agent: Agent, failure: int) -> None:
    """After each use of a tool in turn, all processes get the signal, as on an abort in Jenkins.

    From the first change to the directory on, a login goes to its end, which takes milliseconds.
    """
    agent.has("cloudsmith-oidc")
    agent.run("login", "d")
    allowed = [(SIGNALS["TERM"], {}), (4, {}) if failure else (0, agent.tree())]
    agent.run("logout", "d")
    agent.has("cloudsmith-oidc", status=failure)
    for number in itertools.count(1):
        with agent.signals_all("TERM", number) as was_sent:
            status = agent.run("login", "d").status
        assert (status, agent.tree()) in allowed
        if not was_sent():
            break
        agent.run("logout", "d")
    assert number > 5
