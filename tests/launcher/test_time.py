"""Everything ends, with one line, and leaves no process running. No test asserts how long something took."""

import fcntl
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest

from launcher.agent import HANGS, IGNORES_TERM, SET, Agent
from needs import need

NEVER_ANSWERS = pytest.mark.parametrize("hangs", [HANGS, IGNORES_TERM], ids=["hangs", "ignores TERM"])


@pytest.mark.parametrize("agent", ["dash", "busybox"], indirect=True)
def test_program_that_ignores_term_is_killed(agent: Agent) -> None:
    """In real time, because each of these systems has a timeout(1) of its own."""
    agent.script("cloudsmith-oidc", IGNORES_TERM)
    result = agent.run("login", "d", CLOUDSMITH_TIMEOUT="1")
    assert result.status == 6
    assert result.err.splitlines()[-1].startswith("cloudsmith-oidc: the program (local) gave no answer in 1 seconds")
    assert (agent.stage / "pids").read_text()
    assert agent.left == []
    assert agent.tree() == {}


@pytest.mark.parametrize("arguments", [["login", "d", "--timeout", "5"], ["explain", "--timeout=5"]])
@NEVER_ANSWERS
def test_program_that_never_answers_is_ended(agent: Agent, arguments: list[str], hangs: str) -> None:
    """The option of the command line takes precedence over the variable."""
    agent.hurries("cloudsmith-oidc:*")
    agent.script("cloudsmith-oidc", hangs)
    result = agent.run(*arguments, CLOUDSMITH_TIMEOUT="600")
    assert result.status == 6
    assert "gave no answer in 5 seconds" in result.err
    assert agent.left == []
    assert agent.tree() == {}


@NEVER_ANSWERS
def test_auto_skips_an_engine_that_never_answers(agent: Agent, hangs: str) -> None:
    agent.hurries("docker:*")
    agent.script("docker", hangs)
    agent.has("podman")
    assert agent.run("login", "d").status == 0
    assert agent.files("d") == SET
    assert "4 docker" in agent.bounds
    assert agent.left == []


def test_pull_has_a_limit_of_its_own_and_reports_it(agent: Agent) -> None:
    agent.hurries("docker:pull")
    agent.script(
        "docker",
        'case "$1" in version) ;; run) echo $* >>$stage/runs; exit 125 ;; image) echo none >&2; exit 1 ;;'
        f"pull) {HANGS} ;; esac",
    )
    result = agent.run("login", "d", CLOUDSMITH_OIDC_IMAGE="registry.example.com/image:1")
    assert result.status == 2
    lines = result.err.splitlines()
    assert lines[0] == "cloudsmith-oidc: docker pulls the image registry.example.com/image:1, for at most 300 seconds"
    assert lines[-1].startswith("cloudsmith-oidc: docker cannot run the image 'registry.example.com/image:1': ")
    assert "300 docker" in agent.bounds
    assert "--pull=never" in (agent.stage / "runs").read_text()
    assert agent.left == []


@pytest.fixture
def silent_engine(agent: Agent) -> Iterator[str]:
    """An engine that accepts connections and never answers."""
    need("docker")
    os.chdir(agent.stage)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("docker.sock")
        listener.listen(100)
        yield f"unix://{agent.stage}/docker.sock"


def test_real_client_of_an_engine_that_never_answers_is_ended(agent: Agent, silent_engine: str) -> None:
    agent.hurries("docker:*")
    agent.script("docker", f'exec {shutil.which("docker")} "$@"')
    result = agent.run("login", "d", DOCKER_HOST=silent_engine)
    assert result.status == 2
    assert "docker: no answer in time" in result.err


@pytest.mark.parametrize("runtime", ["docker", "cloudsmith-oidc"])
def test_certificates_that_never_come(agent: Agent, runtime: str) -> None:
    """A FIFO is no file: a container gets nothing of it, and a program that reads it is ended."""
    agent.hurries("cloudsmith-oidc:*")
    os.mkfifo(agent.tmp / "ca.pem")
    agent.has(runtime)
    if runtime == "cloudsmith-oidc":
        agent.script(runtime, 'read -r line <"$SSL_CERT_FILE"')
    result = agent.run("login", "d", SSL_CERT_FILE=str(agent.tmp / "ca.pem"))
    assert result.status == (0 if runtime == "docker" else 6)


@pytest.mark.parametrize(
    "timeout", ["", "0", "0.5", "2.9", "08", "1e3", "-1", "60s", "a b", "99999", "$(id)", "2\n3", "*"]
)
def test_program_refuses_a_wrong_timeout(agent: Agent, timeout: str) -> None:
    agent.has("cloudsmith-oidc", status=2)
    result = agent.run("login", "d", CLOUDSMITH_TIMEOUT=timeout)
    assert (result.status, result.err) == (2, "the program says why\n")
    assert agent.run_call.env["CLOUDSMITH_TIMEOUT"] == timeout


def test_login_that_waits_for_another_gives_up(agent: Agent) -> None:
    agent.hurries("flock:*")
    agent.has("cloudsmith-oidc")
    assert agent.run("login", "d").status == 0
    before = agent.tree()
    descriptor = os.open(agent.workspace / "d", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    result = agent.run("login", "d")
    os.close(descriptor)
    assert (result.status, len(result.err.splitlines())) == (8, 1)
    assert "5 flock" in agent.bounds
    assert agent.tree() == before


@pytest.fixture
def planted(agent: Agent) -> Iterator[None]:
    """A login directory in which a build has nested thousands of directories."""
    agent.has("cloudsmith-oidc")
    assert agent.run("login", "d").status == 0
    folder = os.open(agent.workspace / "d", os.O_RDONLY)
    for _ in range(2500):
        os.mkdir("x", dir_fd=folder)
        below = os.open("x", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    yield
    # pytest itself could not remove them.
    subprocess.run(["rm", "-rf", agent.workspace / "d"], check=True)


@pytest.mark.parametrize("agent", ["dash", "busybox"], indirect=True)
@pytest.mark.usefixtures("planted")
def test_planted_tree_does_not_hold_login_or_logout(agent: Agent) -> None:
    """GNU's rm removes it. Where there is another one, the launcher gives up."""
    gives_up = "busybox" in agent.shell[0]
    login, logout = agent.run("login", "d"), agent.run("logout", "d")
    assert (login.status, logout.status) == ((8, 8) if gives_up else (0, 0))
    assert ("what else is in it cannot be removed" in login.err, "cannot remove all of" in logout.err) == (
        gives_up,
        gives_up,
    )
    # The tokens are gone in any case.
    assert sorted(path.name for path in agent.workspace.glob("d/*")) == ["login.json", "x"] * gives_up
    assert [path.name for path in agent.workspace.iterdir()] == ["d"] * gives_up


def test_files_are_removed_before_a_tree_that_takes_too_long(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    assert agent.run("login", "d").status == 0
    agent.hurries("find:.")
    agent.script("find", f'case "$*" in *"rm -rf"*) {HANGS} ;; *) exec {" ".join(agent.tools["find"])} "$@" ;; esac')
    assert agent.run("logout", "d").status == 8
    assert sorted(path.name for path in agent.workspace.glob("d/*")) == ["docker", "login.json"]
    assert agent.left == []
