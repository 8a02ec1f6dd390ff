"""The files of the home directory that a container gets: through the pipe, bounded, and logins only on request."""

import base64
import os
import re
from pathlib import Path

import pytest

from launcher.agent import SET, Agent

LOGINS = {".netrc": "machine example.com\n", ".npmrc": "//example.com/:_authToken=own\n"}
CONFIG = {".docker/config.json": "{}\n"}
MARKS = {".curlrc": "user = me:secret\n", ".config/curlrc": "user = me:secret\n", ".docker/buildx/.lock": "x"}
"""Files of which only the existence is sent."""
LARGEST = 256 * 1024


@pytest.fixture
def home(agent: Agent) -> Path:
    """A home directory, of an agent with docker."""
    agent.has("docker")
    home = agent.stage / "the user's *home*"
    home.mkdir()
    agent.env["HOME"] = str(home)
    return home


def put(home: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def sent(agent: Agent) -> dict[str, str]:
    """The files that came by the pipe, after the token."""
    text = agent.run_call.stdin
    assert text.startswith(f"{agent.token}\n")
    blocks = re.findall(r"-----BEGIN FILE (.*)-----\n([^-]*)\n-----END FILE-----\n", text)
    assert "".join(f"-----BEGIN FILE {name}-----\n{part}\n-----END FILE-----\n" for name, part in blocks) in text
    return {name: base64.b64decode(part).decode(errors="replace") for name, part in blocks}


def test_empty_home_adds_nothing_to_the_token(agent: Agent, home: Path) -> None:
    assert agent.run("login", "d", CLOUDSMITH_INHERIT="true").status == 0
    assert agent.run_call.stdin == f"{agent.token}\n"
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("inherit", "options", "expected"),
    [
        ("true", [], CONFIG | LOGINS),
        ("", ["--inherit"], CONFIG | LOGINS),
        ("false", [], CONFIG | dict.fromkeys(LOGINS, "")),
        ("", [], CONFIG | dict.fromkeys(LOGINS, "")),
    ],
)
def test_logins_are_sent_only_with_inherit(
    agent: Agent, home: Path, inherit: str, options: list[str], expected: dict[str, str]
) -> None:
    put(home, CONFIG | LOGINS | MARKS | {".ssh/id_ed25519": "of no format", ".docker/other": "neither"})
    assert agent.run("login", "d", *options, CLOUDSMITH_INHERIT=inherit).status == 0
    assert sent(agent) == expected | dict.fromkeys(MARKS, "")
    assert SET.items() <= agent.files("d").items()


def test_variables_and_links_of_the_user_are_followed(agent: Agent, home: Path) -> None:
    put(home, {"dotfiles/config.json": "1", "settings/curlrc": "2"})
    (home / "link").symlink_to("dotfiles")
    moved = {"DOCKER_CONFIG": f"{home}/link", "XDG_CONFIG_HOME": f"{home}/settings"}
    assert agent.run("login", "d", CLOUDSMITH_INHERIT="true", **moved).status == 0
    assert sent(agent) == {".docker/config.json": "1", ".config/curlrc": ""}


@pytest.mark.parametrize("runtime", ["docker", "podman"])
def test_earlier_login_is_not_read_as_the_users_own(agent: Agent, home: Path, runtime: str) -> None:
    """A build can write there, and so choose the files that are copied and the programs that a client runs."""
    agent.has(runtime)
    put(home, {".docker/config.json": "own", "login/docker/config.json": "planted", "login/login.json": "{}"})
    pointers = {"DOCKER_CONFIG": f"{home}/login/docker", "REGISTRY_AUTH_FILE": f"{home}/login/docker/config.json"}

    assert agent.run("login", "d", CLOUDSMITH_OIDC_RUNTIME=runtime, **pointers).status == 0

    assert sent(agent) == {".docker/config.json": "own"}
    assert not any(pointers.keys() & call.env.keys() for call in agent.calls)


def test_files_that_a_pattern_finds(agent: Agent, home: Path) -> None:
    names = [
        f".docker/contexts/meta/{name}/meta.json"
        for name in ("a" * 64, "b", "of spaces", "line\nbreak", "*", "-n", ".hidden")
    ]
    put(home, dict.fromkeys(names, "{}"))
    assert agent.run("login", "d").status == 0
    assert sent(agent).keys() == {names[0], names[1], names[5]}


def test_bytes_of_any_kind_are_kept(agent: Agent, home: Path) -> None:
    content = bytes(range(256)) * 100 + b"\n\n-----END FILE-----\n"
    put(home, CONFIG)
    (home / ".docker/config.json").write_bytes(content)
    assert agent.run("login", "d").status == 0
    assert sent(agent) == {".docker/config.json": content.decode(errors="replace")}


def test_only_readable_files_are_sent(agent: Agent, home: Path) -> None:
    put(home, {".docker/contexts/meta/a/meta.json": "{}"})
    (home / ".npmrc").mkdir()
    (home / ".netrc").symlink_to("nowhere")
    os.mkfifo(home / ".docker/config.json")
    (home / ".config").symlink_to("/dev")
    result = agent.run("login", "d", CLOUDSMITH_INHERIT="true")
    assert (result.status, result.err) == (0, "")
    assert sent(agent) == {".docker/contexts/meta/a/meta.json": "{}"}


def test_endless_file_is_cut(agent: Agent, home: Path) -> None:
    put(home, CONFIG)
    with (home / ".docker/config.json").open("wb") as file:
        file.truncate(1 << 40)
    assert agent.run("login", "d").status == 0
    assert {name: len(text) for name, text in sent(agent).items()} == {".docker/config.json": LARGEST + 1}


def test_too_much_configuration_is_refused(agent: Agent, home: Path) -> None:
    put(home, {f".docker/contexts/meta/{number}/meta.json": "x" * LARGEST for number in range(9)})
    result = agent.run("login", "d")
    assert result.status == 2
    assert result.err == "cloudsmith-oidc: the clients' own configuration is too large to carry over\n"
    assert agent.tree() == {}


@pytest.mark.parametrize("variable", ["HOME", "DOCKER_CONFIG", "XDG_CONFIG_HOME"])
def test_nothing_is_read_where_a_build_can_write(agent: Agent, home: Path, variable: str) -> None:
    put(agent.workspace, {"config.json": "{}", "containers/auth.json": "{}", ".netrc": "", ".npmrc": ""})
    put(home, CONFIG)
    link = agent.stage / "link"
    link.symlink_to(agent.workspace)
    for place in (str(agent.workspace), str(link), "."):
        assert agent.run("login", "d", CLOUDSMITH_INHERIT="true", **{variable: place}).status == 0
        assert sent(agent) == ({} if variable == "HOME" else CONFIG)
        (agent.stage / "calls").unlink()


def test_explain_and_the_command_on_path_get_nothing(agent: Agent, home: Path) -> None:
    put(home, CONFIG | LOGINS)
    assert agent.run("explain", CLOUDSMITH_INHERIT="true").status == 0
    agent.has("cloudsmith-oidc")
    assert agent.run("login", "d", CLOUDSMITH_INHERIT="true").status == 0
    assert [call.stdin for call in agent.calls if call.stdin] == [f"{agent.token}\n"] * 2
