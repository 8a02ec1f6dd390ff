"""Where the tokens must not be: in arguments, environments, traces, or files outside the directory."""

import base64
from pathlib import Path

import pytest

from launcher.agent import SET, Agent, forms

RUNTIMES = ["cloudsmith-oidc", "docker", "podman"]


def found(agent: Agent, text: str) -> list[str]:
    return [form for form in forms(agent.token) if form in text]


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("options", ["-x", "-xe", "-xva"])
def test_a_trace_shows_no_token(agent: Agent, runtime: str, options: str) -> None:
    agent.has(runtime)
    for arguments in (["login", "d"], ["logout", "d"], ["explain"]):
        result = agent.run(*arguments, options=options)
        assert result.status == 0
        assert "+ set" in result.err
        assert found(agent, result.out + result.err) == []


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", ["CLOUDSMITH_OIDC_TOKEN", "OIDC_TOKEN"])
def test_what_runs_the_program_has_no_token_in_arguments_or_environment(agent: Agent, runtime: str, name: str) -> None:
    agent.has(runtime)
    env = {"CLOUDSMITH_OIDC_TOKEN": "", name: agent.token}
    assert agent.run("login", "d", options="-a", **env, id_token="of the caller").status == 0
    assert agent.run("explain", **env).status == 0
    for call in agent.calls:
        assert found(agent, f"{call.argv} {call.env}") == []
        assert not {"CLOUDSMITH_OIDC_TOKEN", "OIDC_TOKEN"} & call.env.keys()


def test_no_tool_has_the_token_in_arguments_or_environment(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.watches_tools()
    assert agent.run("login", "d", options="-a", id_token="of the caller").status == 0
    assert agent.run("logout", "d").status == 0
    calls = agent.tool_calls.split("ARGV ")
    assert len(calls) > 10
    holders = [call for call in calls if found(agent, call)]
    assert holders == []


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_no_file_outside_the_directory_ever_holds_a_token(agent: Agent, runtime: str) -> None:
    """The ID token is in no file at all; Cloudsmith's is in the directory only, and there is none before it is."""
    agent.has(runtime, blocks=True)
    agent.answers(SET | {"netrc": f"password {agent.token[::-1]}"})
    with agent.started("login", "d") as launcher:
        assert agent.tree() == {}
        agent.lets_go()
        launcher.communicate(timeout=60)
    after = agent.files(".")
    assert found(agent, str(after)) == []
    assert [name for name, text in after.items() if agent.token[::-1] in text] == ["d/netrc"]
    assert list(agent.tmp.rglob("*")) == []


@pytest.mark.parametrize("runtime", ["docker", "podman"])
def test_what_is_inherited_is_in_no_arguments_environment_trace_or_file(
    agent: Agent, runtime: str, tmp_path: Path
) -> None:
    """It goes by the pipe to the program, and from there to where the clients read it."""
    agent.has(runtime, blocks=True)
    agent.watches_tools()
    own = agent.token[::-1]
    (tmp_path / "home").mkdir()
    (tmp_path / "home/.netrc").write_text(f"machine example.com login me password {own}\n")
    with agent.started("login", "d", CLOUDSMITH_INHERIT="true", HOME=str(tmp_path / "home")) as launcher:
        assert agent.tree() == {}
        agent.lets_go()
        out, err = launcher.communicate(timeout=60)
    assert launcher.returncode == 0
    assert (
        base64.b64encode(f"machine example.com login me password {own}".encode()).decode()[:60] in agent.run_call.stdin
    )
    places = [out, err, agent.tool_calls, *(f"{call.argv} {call.env}" for call in agent.calls)]
    assert [form for form in forms(own) for place in places if form in place] == []
