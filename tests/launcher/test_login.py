"""`login` and `logout`: what the program gets, what is written and printed, and what is refused.

tests/directory tests what may be in the directory before.
"""

import os
from pathlib import Path

import pytest

from launcher.agent import OTHER, SET, Agent, lines

PRIVATE = {
    "workspace/d": "700",
    "workspace/d/activate": "600",
    "workspace/d/docker": "700",
    "workspace/d/docker/config.json": "600",
    "workspace/d/env": "600",
    "workspace/d/login.json": "600",
    "workspace/d/pip.conf": "600",
}


def test_login_writes_all_files_privately_and_prints_the_variables(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    result = agent.run("login", "d")
    assert (result.status, result.out, result.err) == (0, SET["env"], "")
    assert agent.tree() == PRIVATE
    assert agent.files("d") == SET


def test_what_is_printed_is_the_answers_even_if_the_file_says_otherwise(agent: Agent) -> None:
    """The build may write in the directory: so nothing is read back from there."""
    agent.has("cloudsmith-oidc")
    tool = " ".join(agent.tools["mv"])
    agent.script("mv", f'{tool} "$@"; [ ! -e env ] || echo PATH=/planted >env')
    assert agent.run("login", "d").out == SET["env"]
    assert agent.files("d")["env"] == "PATH=/planted\n"


def test_program_gets_the_token_and_the_arguments(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d", "--log-format", "a b")
    root = str(agent.workspace / "d")
    assert agent.run_call.argv[1:] == [
        *("login", "--token-stdin", "--output", "-", "--root", root, "--log-format", "a b"),
    ]
    assert agent.run_call.stdin == f"{agent.token}\n"


def test_launcher_works_after_a_line_that_sets_the_arguments(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    text = agent.tmp / "script.sh"
    text.write_text('#!/bin/sh\nset -- login "$CLOUDSMITH_OIDC_DIR"\n' + agent.launcher.read_text())
    agent.launcher = text
    assert agent.run(options="-xe", CLOUDSMITH_OIDC_DIR=str(agent.workspace / "a b/d")).status == 0
    assert agent.files("a b/d") == SET


@pytest.mark.parametrize("name", ["d/", "./d", "d/.", ".//d", "-d", "--force", "ü d", "$absolute", "$absolute//d"])
def test_a_directory_can_be_named_in_any_way(agent: Agent, name: str) -> None:
    agent.has("cloudsmith-oidc")
    name = name.replace("$absolute", str(agent.workspace / "d"))
    assert agent.run("login", name).status == 0
    root = Path(agent.run_call.argv[agent.run_call.argv.index("--root") + 1])
    assert agent.files(str(root)) == SET
    assert str(root) == f"{agent.workspace / name}"
    assert agent.run("logout", *(["--force"] if name == "--force" else []), name).status == 0
    assert not root.exists()


def test_alias_of_the_token_is_read_when_the_name_is_empty(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d", CLOUDSMITH_OIDC_TOKEN="", OIDC_TOKEN="alias")
    assert agent.run_call.stdin == "alias\n"


def test_certificates_of_a_private_ca_follow_the_token_into_a_container(agent: Agent) -> None:
    agent.has("docker")
    blocks = [f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n" for name in ("one", "two")]
    bundle = agent.tmp / "ca bundle.pem"
    bundle.write_text(f"# First\n{blocks[0]}\nSecond\n{blocks[1]}-----BEGIN PRIVATE KEY-----\nno\n")
    for file in (bundle, agent.tmp / "none.pem"):
        assert agent.run("login", "d", SSL_CERT_FILE=str(file)).status == 0
    assert [call.stdin for call in agent.calls if call.stdin] == [
        f"{agent.token}\n{''.join(blocks)}",
        f"{agent.token}\n",
    ]


def test_program_need_not_read_a_bundle_larger_than_the_pipe(agent: Agent) -> None:
    agent.script("docker", '[ "$1" = image ] || exit 4')
    bundle = agent.tmp / "ca.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\n" + "x\n" * 200_000 + "-----END CERTIFICATE-----\n")
    result = agent.run("login", "d", SSL_CERT_FILE=str(bundle))
    assert (result.status, result.err) == (4, "")


@pytest.mark.parametrize("status", [2, 4, 8, 137])
def test_failure_of_the_program_is_the_launchers_and_leaves_nothing(agent: Agent, status: int) -> None:
    """The launcher explains only what the program cannot explain itself."""
    agent.has("cloudsmith-oidc", status=status)
    result = agent.run("login", "d")
    ended = "cloudsmith-oidc: the program ended with status 137: what it said is above\n" if status > 8 else ""
    assert (result.status, result.out, result.err) == (status, "", f"the program says why\n{ended}")
    assert agent.tree() == {}


def test_later_login_that_fails_keeps_the_files_of_the_earlier_one(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d")
    before = agent.tree(), agent.files("d")
    agent.has("cloudsmith-oidc", status=4)
    assert agent.run("login", "d").status == 4
    assert (agent.tree(), agent.files("d")) == before


def answer(*middle: str, record: str = "login.json {}", end: str = "end\n") -> str:
    return "\n".join([record, r"env A=1\0012", *middle, end])


ODD_ANSWERS = {
    "empty": "",
    "text": "Hello from a container!\n" * 100,
    "no record": answer(record="pip.conf {}"),
    "record later": answer("login.json {}", record="pip.conf {}"),
    "no variables": "login.json {}\nend\n",
    "cut in a line": lines(SET).decode()[:-8],
    "no end": answer(end=""),
    "more after the end": answer(end="end\nodd {}\n"),
    "end within a line": answer(end="odd end"),
    "dots": answer("../odd {}"),
    "dots within": answer("docker/../../odd {}"),
    "dots last": answer("docker/.. {}"),
    "only dots": answer(".. {}"),
    "absolute": answer("/tmp/odd {}"),
    "option": answer("--help {}"),
    "directory": answer("docker/ {}"),
    "no name": answer(" {}"),
    "nothing between slashes": answer("docker//odd {}"),
    "too deep": answer("a/b/c/d/e/f {}"),
    "thousands of directories": answer("a/" * 5000 + "odd {}"),
    "wrong escape": answer(r"odd {}\n"),
    "half an escape": answer(r"odd {}\001"),
    "pattern": answer("* {}"),
    "other letter": answer("ödd {}"),
    "quote": answer("o'dd {}"),
    "no content": answer("odd"),
    "not ASCII": answer("odd ö"),
    "carriage returns": answer().replace("\n", "\r\n"),
    "larger than allowed": answer(f"odd {'A' * 4 * 1024 * 1024}"),
}


@pytest.mark.parametrize("kind", ODD_ANSWERS)
def test_answer_that_is_not_a_whole_list_of_files_is_refused(agent: Agent, kind: str) -> None:
    agent.has("cloudsmith-oidc")
    (agent.stage / "answer").write_text(ODD_ANSWERS[kind], newline="")
    result = agent.run("login", "d")
    assert (result.status, result.out) == (8, "")
    assert result.err == (
        "cloudsmith-oidc: the program's answer is incomplete, too large, or no list of files: nothing was written\n"
    )
    assert agent.tree() == {}


def test_largest_answer_is_written(agent: Agent) -> None:
    files = SET | {f"odd/{number}": "x" * 10_000 for number in range(200)}
    agent.has("cloudsmith-oidc")
    agent.answers(files)
    assert agent.run("login", "d").status == 0
    assert agent.files("d") == files


def test_login_that_fails_while_writing_leaves_no_new_directory(agent: Agent) -> None:
    """As on a full disk: here, one file has the name that the directory of another needs."""
    agent.has("cloudsmith-oidc")
    (agent.stage / "answer").write_text(answer("x {}", "x/y {}"))
    result = agent.run("login", "d")
    assert (result.status, result.out) == (8, "")
    assert agent.tree() == {}


@pytest.mark.parametrize("command", ["login d", "explain"])
def test_an_endless_answer_fills_neither_the_disk_nor_the_memory(agent: Agent, command: str) -> None:
    """A gigabyte is refused after 64 MB, which are in no directory; no process may take more memory than 200 MB."""
    agent.script("cloudsmith-oidc", f"exec {' '.join(agent.tools['head'])} -c 1000000000 /dev/zero")
    agent.prelude = "ulimit -v 200000"
    result = agent.run(*command.split(), CLOUDSMITH_OIDC_HTML="page.html")
    assert result.status > 2
    assert result.err.splitlines()[-1].startswith("cloudsmith-oidc: the program ended with status ")
    assert agent.tree() == {}


def test_a_long_log_takes_the_output(agent: Agent) -> None:
    log = agent.stage / "log"
    log.touch()
    os.truncate(log, 2**30)
    agent.has("cloudsmith-oidc")
    agent.prelude = f"exec >>{log}"
    assert (agent.run("login", "d").status, agent.files("d")) == (0, SET)
    assert log.stat().st_size == 2**30 + len(SET["env"].encode())


def test_at_the_root_a_link_above_is_the_users_own(agent: Agent) -> None:
    """Containers often start there, and /var/run is a link."""
    (agent.stage / "link").symlink_to(agent.tmp)
    agent.has("cloudsmith-oidc")
    agent.prelude = "cd /"
    assert agent.run("login", f"{agent.stage}/link/d").status == 0


@pytest.mark.parametrize("workspace", ["workspace", "workspace/", "link", "./link//."])
def test_no_link_is_followed_however_the_workspace_is_spelled(agent: Agent, workspace: str) -> None:
    agent.has("cloudsmith-oidc")
    top, beside = agent.workspace.parent, Path(f"{agent.workspace}@tmp")
    beside.mkdir()
    for folder in (beside, agent.workspace, agent.tmp):
        (folder / "link").symlink_to(agent.stage)
    (top / "link").symlink_to(agent.workspace)
    (top / "link@tmp").symlink_to(beside)
    agent.prelude = f"cd {agent.tmp}"
    for place in ("workspace", "link", *([] if "." in workspace else [f"{workspace.strip('/')}@tmp"])):
        assert agent.run("login", f"{top}/{place}/link/d", WORKSPACE=f"{top}/{workspace}").status == 8
    assert agent.run("login", "link/d", WORKSPACE=f"{top}/{workspace}").status == 8
    assert not (agent.stage / "d").exists()


WRONG = "|login|login |logout|logout --force|install d|login /|login a\nb|logout /./"


@pytest.mark.parametrize("arguments", [line.split(" ") if line else [] for line in WRONG.split("|")])
def test_wrong_usage(agent: Agent, arguments: list[str]) -> None:
    agent.has("cloudsmith-oidc")
    result = agent.run(*arguments)
    assert (result.status, len(result.err.splitlines()), result.err[:17]) == (2, 1, "cloudsmith-oidc: ")
    assert agent.calls == []
    assert agent.tree() == {}


def test_logout_needs_nothing_that_runs_the_program(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    assert agent.run("login", "d").status == 0
    (agent.bin / "cloudsmith-oidc").unlink()
    result = agent.run("logout", "d", CLOUDSMITH_OIDC_RUNTIME="docker")
    assert (result.status, result.out, result.err) == (0, "", "")
    assert agent.tree() == {}


def test_logout_removes_as_much_as_it_can(agent: Agent) -> None:
    """Another user, such as root in a container of the pod, may have left a directory of its own."""
    agent.has("cloudsmith-oidc")
    agent.run("login", "d")
    for name in ("rm", "rmdir"):
        others = 'for path; do shift; [ "$path" = ./docker ] || set -- "$@" "$path"; done'
        agent.script(name, f'{others}\nexec {" ".join(agent.tools[name])} "$@"')

    result = agent.run("logout", "d")

    assert result.status == 8
    assert result.err == f"cloudsmith-oidc: cannot remove all of {agent.workspace}/d\n"
    left = {"workspace/d", "workspace/d/login.json", "workspace/d/docker"}
    assert agent.tree().keys() - {"workspace/d/docker/config.json"} == left


def test_login_works_without_flock(agent: Agent) -> None:
    """MacOS has none. There, two logins at once may leave a mixture."""
    agent.has("cloudsmith-oidc")
    (agent.bin / "flock").unlink()
    assert agent.run("login", "d").status == 0
    agent.answers(OTHER)
    assert agent.run("login", "d").status == 0
    assert agent.files("d") == OTHER
