"""Everything ends: within the time-out and 15 seconds more, with one line, and nothing is left running.

No test asserts how long something took. Each waits for no longer than the launcher may need.
"""

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from launcher.agent import SET, Agent

TIMEOUT = 2
LIMIT = TIMEOUT + 15

IGNORES_TERM = 'trap "" TERM; echo $$ >>$stage/pids; while :; do $sleep 1; done'
HANGS = "echo $$ >>$stage/pids; exec $sleep 600"


@pytest.fixture(params=["bash", "dash", "busybox"])
def agent(agent: Agent) -> Agent:
    agent.env["CLOUDSMITH_TIMEOUT"] = str(TIMEOUT)
    agent.limit = LIMIT
    return agent


def script(agent: Agent, name: str, text: str) -> None:
    agent.script(name, text.replace("$stage", str(agent.stage)).replace("$sleep", str(shutil.which("sleep"))))


def assert_none_is_left(agent: Agent) -> None:
    pids = [int(pid) for pid in (agent.stage / "pids").read_text().split()]
    assert pids
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            # What ended with its parent is a zombie until the first process of this machine looks at it.
            assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("hangs", [HANGS, IGNORES_TERM], ids=["hangs", "ignores TERM"])
@pytest.mark.parametrize("command", [["login", "d"], ["explain"]], ids=["login", "explain"])
def test_a_program_that_never_answers(agent: Agent, hangs: str, command: list[str]) -> None:
    script(agent, "cloudsmith-oidc", hangs)
    result = agent.run(*command)
    assert result.status == 6
    assert result.err.splitlines()[-1].startswith("cloudsmith-oidc: the program (local) gave no answer in 2 seconds")
    assert_none_is_left(agent)
    assert agent.tree() == {}


@pytest.mark.parametrize("timeout", [["--timeout", str(TIMEOUT)], [f"--timeout={TIMEOUT}"]])
def test_the_programs_own_option_counts(agent: Agent, timeout: list[str]) -> None:
    script(agent, "cloudsmith-oidc", HANGS)
    result = agent.run("login", "d", *timeout, CLOUDSMITH_TIMEOUT="600")
    assert result.status == 6
    assert "gave no answer in 2 seconds" in result.err


@pytest.mark.parametrize("hangs", [HANGS, IGNORES_TERM], ids=["hangs", "ignores TERM"])
def test_auto_passes_over_an_engine_that_never_answers(agent: Agent, hangs: str) -> None:
    script(agent, "docker", hangs)
    agent.has("podman")
    assert agent.run("login", "d").status == 0
    assert agent.files("d") == SET
    assert_none_is_left(agent)


def test_every_call_of_the_engine_may_hang(agent: Agent) -> None:
    script(agent, "docker", f'[ "$1" = image ] || {{ {IGNORES_TERM}; }}')
    result = agent.run("login", "d")
    assert result.status == 6
    assert result.err.splitlines()[-1].startswith("cloudsmith-oidc: the program (docker) gave no answer in 2 seconds")
    assert_none_is_left(agent)


def test_both_engines_hang(agent: Agent) -> None:
    for engine in ("docker", "podman"):
        script(agent, engine, IGNORES_TERM)
    result = agent.run("login", "d")
    assert result.status == 2
    assert "docker: no answer within 4 seconds; podman: no answer within 4 seconds" in result.err
    assert_none_is_left(agent)


def test_a_pull_has_a_limit_of_its_own_which_is_said(agent: Agent) -> None:
    """The limit is 300 seconds, of which timeout(1) makes 1 here."""
    script(
        agent,
        "docker",
        'case "$1" in version) ;; run) echo 1 >>$stage/runs; exit 125 ;; image) echo none >&2; exit 1 ;;'
        f"pull) {HANGS} ;; esac",
    )
    timeout = " ".join(agent.tools["timeout"])
    agent.script("timeout", f'[ "$3" != 300 ] || {{ shift 3; set -- -k 2 1 "$@"; }}\nexec {timeout} "$@"')
    result = agent.run("login", "d", CLOUDSMITH_OIDC_IMAGE="registry.example.com/image:1")
    assert result.status == 2
    lines = result.err.splitlines()
    assert lines[0] == "cloudsmith-oidc: docker pulls the image registry.example.com/image:1, for at most 300 seconds"
    assert lines[-1].startswith("cloudsmith-oidc: docker has no image 'registry.example.com/image:1' and cannot get it")
    assert not (agent.stage / "runs").exists()
    assert_none_is_left(agent)


@pytest.fixture
def silent_engine(agent: Agent) -> Iterator[str]:
    """An engine that accepts connections and never answers."""
    if not shutil.which("docker"):
        pytest.skip("there is no docker client here")
    os.chdir(agent.stage)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("docker.sock")
        listener.listen(100)
        yield f"unix://{agent.stage}/docker.sock"


def test_the_real_client_of_an_engine_that_accepts_and_never_answers(agent: Agent, silent_engine: str) -> None:
    agent.script("docker", f'exec {shutil.which("docker")} "$@"')
    result = agent.run("login", "d", DOCKER_HOST=silent_engine)
    assert result.status == 2
    assert "docker: no answer within 4 seconds" in result.err


@pytest.mark.parametrize("runtime", ["docker", "cloudsmith-oidc"])
def test_certificates_that_never_come(agent: Agent, runtime: str) -> None:
    """A FIFO is no file: a container gets nothing of it, and a program that reads it by itself is ended."""
    os.mkfifo(agent.tmp / "ca.pem")
    agent.has(runtime)
    if runtime == "cloudsmith-oidc":
        script(agent, runtime, 'echo $$ >>$stage/pids; read -r line <"$SSL_CERT_FILE"')
    result = agent.run("login", "d", SSL_CERT_FILE=str(agent.tmp / "ca.pem"))
    assert result.status == (0 if runtime == "docker" else 6)


@pytest.mark.parametrize(
    "timeout", ["", "0", "0.5", "2.9", "08", "1e3", "-1", "60s", "a b", "99999", "$(id)", "2\n3", "*"]
)
def test_a_timeout_that_is_none_is_the_programs_to_refuse(agent: Agent, timeout: str) -> None:
    agent.has("cloudsmith-oidc", status=2)
    result = agent.run("login", "d", CLOUDSMITH_TIMEOUT=timeout)
    assert (result.status, result.err) == (2, "the program says why\n")
    assert agent.run_call.env["CLOUDSMITH_TIMEOUT"] == timeout


def test_an_end_by_signal_takes_a_program_that_ignores_it(agent: Agent) -> None:
    script(agent, "cloudsmith-oidc", IGNORES_TERM.replace("while", "echo started >$stage/started; while"))
    with agent.started("login", "d", CLOUDSMITH_TIMEOUT="600") as launcher:
        launcher.terminate()
        launcher.communicate(timeout=LIMIT)
    assert launcher.returncode == 143
    assert_none_is_left(agent)


def test_a_login_that_waits_for_others_gives_up(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    assert agent.run("login", "d").status == 0
    before = agent.tree()
    descriptor = os.open(agent.workspace / "d", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    result = agent.run("login", "d")
    os.close(descriptor)
    assert (result.status, len(result.err.splitlines())) == (8, 1)
    assert agent.tree() == before
