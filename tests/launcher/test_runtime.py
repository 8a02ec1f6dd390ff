"""What runs the program: the command on PATH, docker or podman; and what is said where that does not work."""

from itertools import pairwise

import pytest

from cloudsmith_oidc.settings import Explain, Login, options_of
from launcher.agent import SET, Agent

ENGINES = ["docker", "podman"]
IMAGE = "cloudsmith-oidc:0.1.0"
CONFINED = [
    *("--rm", "-i", "--read-only", "--cap-drop ALL", "--security-opt no-new-privileges", "--tmpfs /tmp"),
    *("--user 65532:65532", "--log-driver none"),
]
PASSED = [
    *("CLOUDSMITH_ORG", "CLOUDSMITH_WORKSPACE", "CLOUDSMITH_SERVICE_SLUG", "CLOUDSMITH_SERVICE_ACCOUNT_SLUG"),
    *("CLOUDSMITH_REPO", "CLOUDSMITH_FORMATS", "CLOUDSMITH_NPM_SCOPE", "CLOUDSMITH_DOMAINS", "CLOUDSMITH_API_HOST"),
    *("CLOUDSMITH_TIMEOUT", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "ALL_PROXY"),
    *("https_proxy", "http_proxy", "no_proxy", "all_proxy"),
]


def runtimes(agent: Agent) -> list[str]:
    return [call.argv[0] for call in agent.calls if call.stdin]


def named(argv: list[str], flag: str) -> list[str]:
    return [value for option, value in pairwise(argv) if option == flag]


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        (["cloudsmith-oidc", "docker", "podman"], "cloudsmith-oidc"),
        (["docker", "podman"], "docker"),
        (["podman"], "podman"),
    ],
)
@pytest.mark.parametrize("asked", ["auto", ""])
def test_auto_takes_the_first_that_works(agent: Agent, there: list[str], chosen: str, asked: str) -> None:
    for name in there:
        agent.has(name)
    assert agent.run("login", "d", CLOUDSMITH_OIDC_RUNTIME=asked).status == 0
    assert runtimes(agent) == [chosen]


def test_auto_passes_over_an_engine_that_does_not_answer(agent: Agent) -> None:
    agent.has("docker", answers=False)
    agent.has("podman")
    assert agent.run("login", "d").status == 0
    assert runtimes(agent) == ["podman"]
    agent.has("podman", answers=False)
    assert agent.run("login", "d").status == 2


@pytest.mark.parametrize("asked", ["local", "docker", "podman"])
def test_the_runtime_asked_for_is_taken(agent: Agent, asked: str) -> None:
    for name in ("cloudsmith-oidc", *ENGINES):
        agent.has(name)
    assert agent.run("login", "d", CLOUDSMITH_OIDC_RUNTIME=asked).status == 0
    assert runtimes(agent) == [asked.replace("local", "cloudsmith-oidc")]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_container_is_confined_and_has_no_mount(agent: Agent, engine: str) -> None:
    agent.has(engine)
    assert agent.run("login", "d", "--log-format", "json").status == 0
    line = " ".join(agent.run_call.argv)
    root = agent.workspace / "d"
    assert line.startswith(f"{engine} run ")
    assert f" {IMAGE} login --log-format console " in line
    assert line.endswith(f" --token-stdin --output - --root {root} --log-format json")
    assert [flag for flag in CONFINED if f" {flag} " not in line] == []
    assert "--pull=never" in agent.run_call.argv
    assert {"-v", "--volume", "--mount", "--network", "-e", "--env"}.isdisjoint(agent.run_call.argv)
    assert agent.run_call.stdin == f"{agent.token}\n"
    assert [call.argv[1] for call in agent.calls] == ["version" if engine == "docker" else "info", "run"]
    assert SET.items() <= agent.files("d").items()


@pytest.mark.parametrize("engine", ENGINES)
def test_settings_and_proxies_are_passed_by_name_if_they_are_set(agent: Agent, engine: str) -> None:
    agent.has(engine)
    agent.run("login", "d", **dict.fromkeys(PASSED, "a value"), OTHER="a value", OIDC_TOKEN="a value")
    assert sorted(named(agent.run_call.argv, "--env")) == sorted(PASSED)
    assert "a value" not in " ".join(agent.run_call.argv)
    assert agent.run_call.env["CLOUDSMITH_ORG"] == "a value"


def test_every_variable_of_the_program_is_passed_but_the_token() -> None:
    options = [option for command in (Login, Explain) for option in options_of(command).values()]
    # The launcher gives --log-format itself.
    names = {name for option in options for name in option.variables} - {"CLOUDSMITH_OIDC_LOG_FORMAT"}
    assert names == {name for name in PASSED if not name.lower().endswith("_proxy")}


@pytest.mark.parametrize("engine", ENGINES)
def test_image_and_network_can_be_given(agent: Agent, engine: str) -> None:
    agent.has(engine, image="registry.example.com/cloudsmith-oidc:1")
    result = agent.run(
        *("login", "d"),
        CLOUDSMITH_OIDC_IMAGE="registry.example.com/cloudsmith-oidc:1",
        CLOUDSMITH_OIDC_NETWORK="host",
    )
    assert result.status == 0
    assert named(agent.run_call.argv, "--network") == ["host"]
    assert "--pull=never" not in agent.run_call.argv


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_image_is_told_with_what_to_do(agent: Agent, engine: str) -> None:
    agent.has(engine, image="another")
    result = agent.run("login", "d")
    assert result.status == 2
    assert result.err.splitlines()[-1] == (
        f"cloudsmith-oidc: {engine} has no image '{IMAGE}' and cannot get it: build it in a checkout of this library "
        "(docker build -t IMAGE .), push it to a registry of yours, and name it with the option image or "
        "CLOUDSMITH_OIDC_IMAGE"
    )
    assert agent.tree() == {}


@pytest.mark.parametrize("status", [125, 126, 127])
def test_the_engines_own_failures_are_not_the_programs(agent: Agent, status: int) -> None:
    agent.has("docker", status=status)
    result = agent.run("login", "d")
    assert result.status == 2
    assert result.err.splitlines()[-1] == f"cloudsmith-oidc: docker cannot run the image '{IMAGE}': it says why above"
    assert agent.tree() == {}


def test_a_command_that_cannot_be_started(agent: Agent) -> None:
    agent.script("cloudsmith-oidc", "")
    (agent.bin / "cloudsmith-oidc").write_text("#!/none/python\n")
    result = agent.run("login", "d")
    assert result.status == 2
    assert result.err.splitlines()[-1].startswith("cloudsmith-oidc: the command cloudsmith-oidc cannot be started")
    assert agent.tree() == {}


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("local", "no cloudsmith-oidc on PATH"),
        ("docker", "Cannot connect to the engine"),
        ("podman", "no podman on PATH"),
    ],
)
def test_a_runtime_that_does_not_work_is_told_with_the_reason(agent: Agent, asked: str, why: str) -> None:
    agent.has("docker", answers=False)
    result = agent.run("login", "d", CLOUDSMITH_OIDC_RUNTIME=asked)
    assert (result.status, len(result.err.splitlines())) == (2, 1)
    assert result.err.startswith(f"cloudsmith-oidc: nothing can run the program here ({asked}: {why}). ")
    assert agent.tree() == {}


def test_an_unknown_runtime_is_told_with_what_is_allowed(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    result = agent.run("login", "d", CLOUDSMITH_OIDC_RUNTIME="lxc")
    assert (result.status, result.err) == (
        2,
        "cloudsmith-oidc: CLOUDSMITH_OIDC_RUNTIME is 'lxc': allowed are auto, local, docker, podman\n",
    )


def test_where_nothing_works_every_reason_is_told(agent: Agent) -> None:
    agent.has("docker", answers=False)
    result = agent.run("login", "d")
    assert (result.status, len(result.err.splitlines())) == (2, 1)
    assert result.err.startswith(
        "cloudsmith-oidc: nothing can run the program here (local: no cloudsmith-oidc on PATH; "
        "docker: Cannot connect to the engine; podman: no podman on PATH). "
        "Install the command cloudsmith-oidc or give the agent docker or podman, "
    )
    assert agent.tree() == {}


def test_in_a_container_the_statement_form_is_recommended(agent: Agent) -> None:
    result = agent.run("login", "d", KUBERNETES_SERVICE_HOST="10.0.0.1")
    assert "use the statement form cloudsmithOidc(service: ...) in an earlier stage on the node" in result.err


def test_a_docker_config_that_login_wrote_is_not_the_engine_clients(agent: Agent) -> None:
    """In a block DOCKER_CONFIG is the login's own: it has neither the context of the engine nor its proxies."""
    agent.has("docker")
    agent.run("login", "d")
    agent.run("login", "d", DOCKER_CONFIG=str(agent.workspace / "d/docker"))
    assert [call.env for call in agent.calls if "DOCKER_CONFIG" in call.env] == []
    agent.run("login", "e", DOCKER_CONFIG=str(agent.tmp))
    assert agent.calls[-1].env["DOCKER_CONFIG"] == str(agent.tmp)


@pytest.mark.parametrize("runtime", ["cloudsmith-oidc", *ENGINES])
@pytest.mark.parametrize("status", [0, 4])
def test_explain_passes_on_what_the_program_says(agent: Agent, runtime: str, status: int) -> None:
    agent.has(runtime, status=status)
    result = agent.run("explain", "--json")
    assert (result.status, result.out, result.err) == (status, "findings\n", "")
    assert agent.run_call.argv[-2:] == ["--token-stdin", "--json"]
    assert agent.run_call.stdin == f"{agent.token}\n"
    assert agent.tree() == {}
