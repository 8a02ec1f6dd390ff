"""A login that is aborted leaves nothing behind: no file, no process, no container."""

import itertools
import os
import signal
import sys
from contextlib import suppress

import psutil
import pytest

from launcher.agent import IN_EVERY_SHELL, SET, Agent, ended

SIGNALS = {"HUP": 129, "INT": 130, "TERM": 143}
NOT_READY = f"""exec {sys.executable} -I -S -c '
import os, signal, subprocess, sys
os.setpgid(0, 0)
signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
subprocess.run(sys.argv[4:], check=False)
' "$@"
"""
"""A timeout(1) that gets a signal between its fork and the moment when it knows its child."""


@pytest.mark.parametrize(
    ("name", "runtime", "command"),
    [
        ("TERM", "cloudsmith-oidc", ["login", "d"]),
        ("HUP", "docker", ["explain"]),
        ("INT", "podman", ["login", "d"]),
    ],
)
@IN_EVERY_SHELL
def test_signal_ends_the_program_and_its_container(agent: Agent, name: str, runtime: str, command: list[str]) -> None:
    """A client of an engine that is ended can leave its container, so the engine is asked to remove it."""
    agent.has(runtime, blocks=True)
    with agent.started(*command) as launcher:
        launcher.send_signal(signal.Signals[f"SIG{name}"])
        launcher.communicate(timeout=60)
    assert launcher.returncode == SIGNALS[name]
    call = agent.run_call
    assert ended(call.pid)
    if runtime != "cloudsmith-oidc":
        assert agent.calls[-1].argv == [runtime, "rm", "-f", call.argv[call.argv.index("--name") + 1]]
    assert agent.tree() == {}


@IN_EVERY_SHELL
def test_signal_ends_a_program_that_timeout_does_not_know_yet(agent: Agent) -> None:
    agent.has("cloudsmith-oidc", blocks=True)
    agent.script("timeout", NOT_READY)
    with agent.started("login", "d") as launcher:
        launcher.terminate()
        launcher.communicate(timeout=60)
    assert launcher.returncode == 143
    assert ended(agent.run_call.pid)
    assert agent.tree() == {}


def test_container_that_is_made_after_its_removal_is_removed(agent: Agent) -> None:
    """An engine whose client was ended can still be about to make the container: here, while the launcher sleeps."""
    made, rm = agent.stage / "made", " ".join(agent.tools["rm"])
    agent.script(
        "docker", f'case "$1" in run) echo started >$stage/started; exec $sleep 600 ;; rm) exec {rm} {made} ;; esac'
    )
    agent.script("sleep", f'[ "$1" != 1 ] || : >{made}\nexec $sleep "$@"')
    with agent.started("login", "d") as launcher:
        launcher.terminate()
        launcher.communicate(timeout=60)
    assert not made.exists()


def test_signal_keeps_the_files_of_an_earlier_login(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d")
    before = agent.tree()
    agent.has("cloudsmith-oidc", blocks=True)
    with agent.started("login", "d") as launcher:
        launcher.terminate()
        launcher.communicate(timeout=60)
    assert agent.tree() == before
    assert agent.files("d") == SET


@pytest.mark.parametrize("agent", ["dash", "bash"], indirect=True)
def test_signal_ends_a_removal_that_takes_long(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    assert agent.run("login", "d").status == 0
    (agent.workspace / "d/odd").touch()
    # Without timeout(1), which can end before it knows the process that it has started, and leave that.
    (agent.bin / "timeout").unlink()
    find, sleep = (" ".join(agent.tools[name]) for name in ("find", "sleep"))
    started = agent.stage / "started"
    agent.script("find", f'case "$*" in *-exec*) echo started >{started}; exec {sleep} 600 ;; esac; exec {find} "$@"')
    with agent.started("login", "d") as launcher:
        launcher.terminate()
        launcher.communicate(timeout=60)
    assert launcher.returncode == SIGNALS["TERM"]


@pytest.mark.parametrize("agent", ["busybox"], indirect=True)
def test_no_process_goes_on_with_a_removal(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    assert agent.run("login", "d").status == 0
    folders = [agent.workspace / f"d/a/{number}" for number in range(3000)]
    for folder in folders:
        (folder / "b").mkdir(parents=True)
    once, rmdir = agent.stage / "once", " ".join(agent.tools["rmdir"])
    started = f"[ -e {once} ] || {{ : >{once}; echo >$stage/started; }}"
    agent.script("rmdir", f'case $1 in ./b) {started} ;; esac\nexec {rmdir} "$@"')
    with agent.started("logout", "d") as launcher:
        launcher.terminate()
        launcher.wait(timeout=60)
    for pid in psutil.pids():
        with suppress(ProcessLookupError):
            assert os.getsid(pid) != launcher.pid or ended(pid)
    assert any(folder.exists() for folder in folders)


def test_signal_keeps_what_another_login_has_written(agent: Agent) -> None:
    """It came between the making of the directory and the lock."""
    agent.has("cloudsmith-oidc")
    once, flock = agent.stage / "once", " ".join(agent.tools["flock"])
    other = f"CLOUDSMITH_OIDC_TOKEN=x {' '.join(agent.shell)} {agent.launcher} login {agent.workspace}/d >/dev/null"
    agent.script("flock", f'[ -e {once} ] || {{ : >{once}; {other}; kill $PPID; }}\nexec {flock} "$@"')
    assert agent.run("login", "d").status == SIGNALS["TERM"]
    assert agent.files("d") == SET


@pytest.mark.parametrize(
    ("agent", "status", "step"),
    [("dash", 0, 1), ("dash", 4, 1), ("bash", 0, 3), ("busybox", 0, 3)],
    indirect=["agent"],
)
def test_signal_at_any_moment_leaves_all_or_nothing(agent: Agent, status: int, step: int) -> None:
    """After each use of a tool in turn, all processes get the signal, as on an abort in Jenkins.

    From the first change to the directory on, a login goes to its end, which takes milliseconds.
    """
    agent.has("cloudsmith-oidc")
    agent.run("login", "d")
    allowed = [(SIGNALS["TERM"], {}), (status, {} if status else agent.tree())]
    agent.run("logout", "d")
    agent.script("cloudsmith-oidc", f"{' '.join(agent.tools['cat'])} {agent.stage}/answer; exit {status}")
    for number in itertools.count(1, step):
        with agent.after_uses(number, "kill -TERM 0") as was_sent:
            ended_with = agent.run("login", "d").status
        assert (ended_with, agent.tree()) in allowed
        if not was_sent():
            break
        if agent.tree():
            agent.run("logout", "d")
    assert number > 5


@pytest.mark.parametrize("agent", ["dash", "busybox"], indirect=True)
def test_signal_during_a_refresh_leaves_all_old_or_all_new_files(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    new = {name: f"{text}# new\n" for name, text in SET.items()}
    for number in itertools.count(1):
        agent.answers(SET)
        agent.run("login", "d")
        agent.answers(new)
        with agent.after_uses(number, "kill -TERM 0") as was_sent:
            agent.run("login", "d")
        assert agent.files("d") in (SET, new)
        if not was_sent():
            break
    assert agent.files("d") == new
    assert number > 5


@pytest.mark.parametrize("agent", ["dash", "busybox"], indirect=True)
def test_log_out_that_a_signal_has_ended_can_be_repeated(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    for number in itertools.count(1):
        assert agent.run("login", "d").status == 0
        with agent.after_uses(number, "kill -TERM 0") as was_sent:
            agent.run("logout", "d")
        assert agent.run("logout", "d").status == 0
        assert agent.tree() == {}
        if not was_sent():
            break
    assert number > 5


def test_signal_at_any_moment_leaves_the_page_or_nothing(agent: Agent) -> None:
    agent.script("cloudsmith-oidc", "echo page")
    for number in itertools.count(1):
        with agent.after_uses(number, "kill -TERM 0") as was_sent:
            agent.run("explain", CLOUDSMITH_OIDC_HTML="login.html")
        assert agent.tree().keys() <= {"workspace/login.html"}
        if not was_sent():
            break
    assert agent.files("") == {"login.html": "page\n"}
