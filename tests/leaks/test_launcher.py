"""Where the launcher, the real program and the tools that they start put secrets, for all formats and for failures."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from cloudsmith_oidc import formats
from launcher.agent import Agent, docker
from launcher.fixtures import Ready
from leaks.needles import found
from leaks.watch import calls, watched
from sandbox import Sandbox, faults

Change = Callable[[Agent, Sandbox], object]


def refuses_and_repeats_the_token(agent: Agent, sandbox: Sandbox) -> None:
    sandbox.faults.always("exchange", faults.document({"detail": f"bad {agent.token}"}, 401))


def answers(fault: Callable[[Sandbox], faults.Fault]) -> Change:
    return lambda _, sandbox: sandbox.faults.always("exchange", fault(sandbox))


SCENARIOS: Mapping[str, tuple[int, Change, list[str]]] = {
    "login": (0, lambda *_: None, ["login", "d"]),
    "refused": (4, refuses_and_repeats_the_token, ["login", "d"]),
    "explain with an API key": (4, lambda _, sandbox: sandbox.cloudsmith.providers["acme"].clear(), ["explain"]),
    "refresh": (0, lambda agent, _: agent.run("login", "d"), ["login", "d"]),
    "throttled": (5, answers(lambda _: faults.throttled("3304")), ["login", "d"]),
    "unreachable": (6, answers(lambda _: faults.reset()), ["login", "d", "--timeout", "1"]),
    "bad answer": (7, answers(lambda sandbox: faults.token(sandbox.issue("deployer"))), ["login", "d"]),
    "files that cannot be written": (8, lambda agent, _: agent.script("mv", "exit 1"), ["login", "d"]),
}
"""How each ends, what has happened before, and the launcher's arguments."""
RUNS = [("dash", "local", scenario) for scenario in SCENARIOS] + [
    (*other, scenario) for other in (("bash", "podman"), ("busybox", "docker")) for scenario in [*SCENARIOS][:3]
]
"""The launcher does the same for every runtime, except how it starts the program."""


def leaks(agent: Agent, trace: Path, passing: Sequence[str], written: Sequence[str]) -> list[str]:
    """Return the calls that showed secrets: `passing` may go through pipes, `written` also into the login's files."""
    login = f"{agent.workspace}/d/"
    answer = f"{agent.tmp}/cloudsmith-oidc."  # what the program prints: the launcher has removed the file's name
    pipes = ("pipe:", "UNIX-STREAM:") if agent.env["CLOUDSMITH_OIDC_RUNTIME"] == "docker" else ("pipe:",)
    shown = []
    for call in calls(trace):
        if call.name == "execve" and str(agent.launcher) in call.text:
            continue  # So a step starts the launcher: its environment has the ID token.
        if call.writes and call.target.startswith(pipes):
            continue
        of_login = call.target.startswith(login) or (call.deleted and call.target.startswith(answer))
        if found(call.text, *passing, *([] if call.writes and of_login else written)):
            shown.append(f"{call.name} {call.target} {call.text:.500}")
    return shown


@pytest.fixture
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the calls are written down, away from the agent's files."""
    return tmp_path_factory.mktemp("trace")


@pytest.mark.parametrize(("agent", "runtime", "scenario"), RUNS, indirect=["agent"])
def test_secrets_are_only_in_pipes_and_in_the_files_of_the_login(
    on: Ready, sandbox: Sandbox, tmp_path: Path, trace: Path, runtime: str, scenario: str
) -> None:
    """Names that the caller exports, an option of the shell and a trace change nothing."""
    agent = on(runtime)
    agent.shell = [*watched(trace), *agent.shell]
    own, passing = secrets.token_urlsafe(40), [agent.token, sandbox.mint(), sandbox.api_key()]
    home = tmp_path / "home"
    (home / ".docker").mkdir(parents=True)
    (home / ".docker/config.json").write_text(json.dumps({"auths": {"example.com": {"auth": own}}}))
    (home / ".netrc").write_text(f"machine example.com login me password {own}\n")
    (home / ".npmrc").write_text(f"//example.com/:_authToken={own}\n")
    env = dict.fromkeys(("secrets", "api_key", "input", "text", "answer", "page", "line"), "of the caller") | {
        "HOME": str(home),
        "OIDC_TOKEN": passing[1],
        "CLOUDSMITH_API_KEY": passing[2],
        "CLOUDSMITH_INHERIT": "true",
        "CLOUDSMITH_FORMATS": ",".join(formats.names()),
        "CLOUDSMITH_OIDC_HTML": "page.html",
        "CLOUDSMITH_OIDC_LOG_LEVEL": "debug",
    }
    code, change, arguments = SCENARIOS[scenario]
    change(agent, sandbox)

    result = agent.run(*arguments, options="-xva", **env)

    assert result.status == code, result.err
    written = [own, *sandbox.cloudsmith.issued]
    holders = {name for name, text in agent.files(".").items() if found(text, *written)}
    assert (holders > {"d/netrc", "d/.npmrc"}) == (code == 0)
    logout = agent.run("logout", "d", options="-xva", **env)
    assert (logout.status, "+ set" in logout.err) == (0, True)
    assert {*agent.tree()} == ({"workspace/page.html"} if "explain" in arguments else set())
    shown = [result.out, result.err, logout.out, logout.err, *agent.files(".").values()]
    assert found("\n".join(shown), *passing, *written) == []
    assert leaks(agent, trace, passing, written) == []


PLANTS = {
    "argument": 'env true "$token"',
    "environment": "X=$token env true",
    "environment in base64": 'X=$(printf %s "token:$token" | base64) env true',
    "name of a file": '[ -e "$token" ]',
    "file": 'printf %s "$token" >"$TMPDIR/kept"',
    "signature in a file that is removed": 'printf %s "${token##*.}" >"$TMPDIR/gone"; rm "$TMPDIR/gone"',
    "file of the login": 'mkdir d; printf %s "$token" >d/netrc',
}
"""Lines of a shell that show the ID token."""


@pytest.mark.parametrize("plant", PLANTS)
def test_planted_leak_is_found(on: Ready, trace: Path, plant: str) -> None:
    agent = on("local")
    agent.shell = [*watched(trace), *agent.shell]
    agent.script("cloudsmith-oidc", f"token=$(cat)\n{PLANTS[plant]}\nexit 4")

    assert agent.run("login", "d").status == 4

    assert leaks(agent, trace, [agent.token], []) != []


@pytest.mark.parametrize("planted", [False, True])
def test_who_can_ask_the_engine_sees_no_token(on: Ready, sandbox: Sandbox, planted: bool) -> None:
    """While a container waits for the exchange. A token is planted in a variable that the launcher passes on."""
    agent = on("docker")
    sandbox.faults.always("exchange", faults.hang())
    agent.start("login", "d", MAVEN_ARGS=agent.token if planted else "")
    sandbox.wait_for_request("exchange")
    (container,) = agent.containers

    inspected, *others = (docker(*words, container) for words in (["inspect"], ["top"], ["diff"]))
    shown = "".join([inspected, *others, docker("ps", "--no-trunc"), docker("events", "--since=1h", "--until=0s")])

    assert "CLOUDSMITH_ORG=acme" in inspected
    assert json.loads(inspected)[0]["Mounts"] == []
    assert bool(found(shown, agent.token)) == planted
    docker("kill", container)
