"""The runtime of the program: the command on PATH, docker or podman; and the error where none works."""

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from cloudsmith_oidc import __version__, formats
from cloudsmith_oidc.settings import Explain, Login, options_of
from launcher.agent import SET, Agent

ENGINES = ["docker", "podman"]
IMAGE = f"cloudsmith-oidc:{__version__}"
CONFINED = [
    *("--rm", "-i", "--read-only", "--cap-drop ALL", "--security-opt no-new-privileges", "--tmpfs /tmp"),
    *("--user 65532:65532", "--log-driver none"),
]
OPTIONS = [option for command in (Login, Explain) for option in options_of(command).values()]
PROXIES = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "ALL_PROXY"]
OF_FORMATS = {name for form in map(formats.load, formats.names()) for name in (*form.extends, formats.OURS)}
PASSED = {name for option in OPTIONS for name in option.variables} | {*PROXIES, *map(str.lower, PROXIES)} | OF_FORMATS
"""The variables that the program reads. The token is not one of them: it has no option."""
CANNOT_RUN = (
    f"cloudsmith-oidc: docker cannot run the image '{IMAGE}': it says why above. If there is none, build it in a "
    "checkout of this library (docker build -t IMAGE .), push it to a registry of yours, and name it with the option "
    "image or CLOUDSMITH_OIDC_IMAGE"
)
OF_ITS_OWN = ["CLOUDSMITH_OIDC_LAUNCHER", "CLOUDSMITH_OIDC_HOME", "CLOUDSMITH_OIDC_AROUND"]
"""The variables that the launcher sets for the program."""


def named(argv: list[str], flag: str) -> list[str]:
    return [value for option, value in pairwise(argv) if option == flag]


ALL = ["cloudsmith-oidc", *ENGINES]


@pytest.mark.parametrize(
    ("asked", "there", "chosen"),
    [
        ("auto", ALL, "cloudsmith-oidc"),
        ("", ENGINES, "docker"),
        ("auto", ["podman"], "podman"),
        ("local", ALL, "cloudsmith-oidc"),
        ("docker", ALL, "docker"),
        ("podman", ALL, "podman"),
    ],
)
def test_runtime_is_the_one_asked_for_or_the_first_there(
    agent: Agent, asked: str, there: list[str], chosen: str
) -> None:
    for name in there:
        agent.has(name)
    assert agent.run("login", "d", CLOUDSMITH_OIDC_RUNTIME=asked).status == 0
    assert agent.run_call.argv[0] == chosen


def test_auto_skips_an_engine_that_does_not_answer(agent: Agent) -> None:
    agent.has("docker", answers=False)
    agent.has("podman")
    assert agent.run("login", "d").status == 0
    assert agent.run_call.argv[0] == "podman"


@pytest.mark.parametrize("engine", ENGINES)
def test_the_container_is_confined_and_has_no_mount(agent: Agent, engine: str) -> None:
    agent.has(engine)
    assert agent.run("login", "d", "--log-format", "json").status == 0
    line = " ".join(agent.run_call.argv)
    root = agent.workspace / "d"
    assert line.startswith(f"{engine} run ")
    assert f" {IMAGE} login " in line
    assert line.endswith(f" --token-stdin --output - --root {root} --log-format json")
    assert [flag for flag in CONFINED if f" {flag} " not in line] == []
    assert "--pull=never" in agent.run_call.argv
    assert [word for word in ("-v", "--volume", "--mount", "--network") if f" {word}" in line] == []
    assert sorted(named(agent.run_call.argv, "--env")) == sorted(OF_ITS_OWN)
    assert agent.run_call.stdin == f"{agent.token}\n"
    assert [call.argv[1] for call in agent.calls] == ["image", "run"]
    assert SET.items() <= agent.files("d").items()


@pytest.mark.parametrize("engine", ENGINES)
def test_settings_and_proxies_are_passed_by_name_if_they_are_set(agent: Agent, engine: str) -> None:
    agent.has(engine)
    agent.run("login", "d", **dict.fromkeys(PASSED, "a value"), OTHER="a value", OIDC_TOKEN="a value")
    assert sorted(named(agent.run_call.argv, "--env")) == sorted([*PASSED, *OF_ITS_OWN])
    assert agent.run_call.env.keys() - agent.env.keys() - PASSED <= {"PWD", "OLDPWD", "SHLVL", "_", *OF_ITS_OWN}
    assert "a value" not in " ".join(agent.run_call.argv)
    assert agent.run_call.env["CLOUDSMITH_ORG"] == "a value"


@pytest.mark.parametrize("value", ["-v/:/host", "--privileged", "a b", "a\nb", "$(id)", "a,b", "é"])
@pytest.mark.parametrize("name", ["CLOUDSMITH_OIDC_IMAGE", "CLOUDSMITH_OIDC_NETWORK"])
def test_no_value_becomes_an_option_of_the_engine(agent: Agent, name: str, value: str) -> None:
    agent.has("docker")
    result = agent.run("login", "d", **{name: value})
    assert (result.status, name in result.err) == (2, True)
    assert agent.calls == []


@pytest.mark.parametrize("engine", ENGINES)
def test_image_that_was_named_is_pulled_if_it_is_missing(agent: Agent, engine: str) -> None:
    agent.has(engine, image="another", pulls=True)
    image = "registry.example.com/cloudsmith-oidc:1"
    result = agent.run("login", "d", CLOUDSMITH_OIDC_IMAGE=image, CLOUDSMITH_OIDC_NETWORK="host")
    assert result.status == 0
    assert f"cloudsmith-oidc: {engine} pulls the image {image}, for at most 300 s" in result.err
    assert "--network=host" in agent.run_call.argv
    assert agent.run_call.argv[agent.run_call.argv.index("login") - 1] == image
    assert agent.files("d") == SET


def test_image_of_this_version_is_never_pulled(agent: Agent) -> None:
    """Its name has no registry: somebody else could own it in the one that an engine asks by default."""
    agent.has("docker", image="another", pulls=True)
    result = agent.run("login", "d")
    assert "pull" not in [call.argv[1] for call in agent.calls]
    assert result.status == 2
    assert result.err.splitlines() == ["docker: Error response from daemon: No such image", CANNOT_RUN]
    assert agent.tree() == {}


def test_command_that_cannot_be_started(agent: Agent) -> None:
    agent.script("cloudsmith-oidc", "")
    (agent.bin / "cloudsmith-oidc").write_text("#!/none/python\n")
    result = agent.run("login", "d")
    assert result.status == 2
    assert result.err.splitlines()[-1].startswith("cloudsmith-oidc: the command cloudsmith-oidc cannot be started")
    assert agent.tree() == {}


REASONS = {
    "local": "cloudsmith-oidc: cannot use local: no cloudsmith-oidc on PATH outside the workspace",
    "docker": "cloudsmith-oidc: cannot use docker: Cannot connect to the engine",
    "podman": "cloudsmith-oidc: cannot use podman: no podman on PATH outside the workspace",
}


@pytest.mark.parametrize("asked", [*REASONS, "auto"])
def test_runtime_that_does_not_work_is_reported_with_the_reason(agent: Agent, asked: str) -> None:
    agent.has("docker", answers=False)
    result = agent.run("login", "d", CLOUDSMITH_OIDC_RUNTIME=asked)
    assert result.status == 2
    *reasons, last = result.err.splitlines()
    assert reasons == ([REASONS[asked]] if asked in REASONS else [*REASONS.values()])
    assert last == (
        "cloudsmith-oidc: nothing can run the program here. Install the command cloudsmith-oidc, or give the agent "
        "docker or podman. In a pod or another container, see docs/troubleshooting.md#nothing-can-run-the-program"
    )
    assert agent.tree() == {}


def test_unknown_runtime_is_reported_with_the_allowed_ones(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    result = agent.run("login", "d", CLOUDSMITH_OIDC_RUNTIME="lxc")
    assert (result.status, result.err) == (
        2,
        "cloudsmith-oidc: CLOUDSMITH_OIDC_RUNTIME is 'lxc': allowed are auto, local, docker, podman\n",
    )


@pytest.mark.parametrize("runtime", ALL)
@pytest.mark.parametrize("status", [0, 4])
def test_explain_prints_what_the_program_prints(agent: Agent, runtime: str, status: int) -> None:
    agent.has(runtime, status=status)
    result = agent.run("explain", "--json")
    assert (result.status, result.out, result.err) == (status, "findings\n", "")
    assert agent.run_call.argv[-2:] == ["--token-stdin", "--json"]
    assert agent.run_call.stdin == f"{agent.token}\n"
    assert agent.tree() == {}


IN_THE_WAY: dict[str, tuple[Callable[[Path], object], str]] = {
    "a directory": (Path.mkdir, "it is no plain file"),
    "a FIFO": (os.mkfifo, "it is no plain file"),
    "a link": (lambda path: path.symlink_to("precious"), "it is no plain file"),
    "a link on the way": (
        lambda path: path.parent.rename(path.parents[1] / "real").parent.joinpath("reports").symlink_to("real"),
        "is a symbolic link",
    ),
}


@pytest.mark.parametrize("what", IN_THE_WAY)
def test_page_of_explain_takes_no_place_of_something_else(agent: Agent, what: str) -> None:
    agent.has("cloudsmith-oidc", status=4)
    reports = agent.workspace / "reports"
    reports.mkdir()
    action, why = IN_THE_WAY[what]
    action(reports / "login.html")
    before = agent.tree()

    result = agent.run("explain", CLOUDSMITH_OIDC_HTML="reports/login.html")

    assert result.status == 8
    assert why in result.err.splitlines()[-1]
    assert agent.tree() == before


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("true", 8),
        ("echo 'half a page'; exit 8", 8),
        ("exit 2", 2),
        ("head -c 5000000 /dev/zero", 8),
        ("exec head -c 70000000 /dev/zero", 153),
    ],
)
def test_program_that_gives_no_whole_page(agent: Agent, program: str, status: int) -> None:
    """One that prints without end is ended when it has filled 64 MB of the disk."""
    agent.script("cloudsmith-oidc", program)
    (agent.workspace / "login.html").write_text("old")

    assert agent.run("explain", CLOUDSMITH_OIDC_HTML="login.html").status == status

    assert agent.files("") == {"login.html": "old"}


def test_page_of_explain_replaces_a_file(agent: Agent) -> None:
    agent.has("cloudsmith-oidc", status=4)

    assert agent.run("explain", CLOUDSMITH_OIDC_HTML="login.html").status == 4
    assert agent.run("explain", CLOUDSMITH_OIDC_HTML="login.html").status == 4

    assert agent.calls[0].argv[-3:] == ["--token-stdin", "--html", "-"]
    assert agent.files("") == {"login.html": "findings\n"}
