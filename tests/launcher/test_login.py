"""`login`: what is in the directory afterwards, and what is left of a login that fails."""

import os
import tarfile
from pathlib import Path

import pytest

from launcher.agent import MANIFEST, SET, Agent, archive

PRIVATE = {
    "workspace/d": "700",
    "workspace/d/.cloudsmith-oidc": "600",
    "workspace/d/activate": "600",
    "workspace/d/docker": "700",
    "workspace/d/docker/config.json": "600",
    "workspace/d/env": "600",
    "workspace/d/login.json": "600",
    "workspace/d/pip.conf": "600",
}
OTHER = {"env": "other", "login.json": "other", ".npmrc": "other"}


def member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, 0o777
    return info


def test_it_writes_the_whole_set_privately_and_nothing_else(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    result = agent.run("login", "d")
    assert (result.status, result.out, result.err) == (0, "", "")
    assert agent.tree() == PRIVATE
    assert agent.files("d") == SET | {MANIFEST: "".join(f"{line}\n" for line in [".", *sorted([*SET, "docker/"])])}


def test_it_hands_over_the_token_and_the_arguments(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d", "--log-format", "a b")
    root = str(agent.workspace / "d")
    assert agent.run_call.argv[1:] == [
        *("login", "--log-format", "console", "--token-stdin", "--output", "-", "--root", root),
        *("--log-format", "a b"),
    ]
    assert agent.run_call.stdin == f"{agent.token}\n"


def test_it_works_as_text_after_a_line_that_sets_the_arguments(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    text = agent.tmp / "script.sh"
    text.write_text('#!/bin/sh\nset -- login "$CLOUDSMITH_OIDC_DIR"\n' + agent.launcher.read_text())
    agent.launcher = text
    assert agent.run(options="-xe", CLOUDSMITH_OIDC_DIR=str(agent.workspace / "a b/d")).status == 0
    assert SET.items() <= agent.files("a b/d").items()


@pytest.mark.parametrize("name", ["d/", "./d", "../workspace/d", "$absolute"])
def test_a_directory_can_be_named_in_any_way(agent: Agent, name: str) -> None:
    agent.has("cloudsmith-oidc")
    assert agent.run("login", name.replace("$absolute", str(agent.workspace / "d"))).status == 0
    assert agent.tree() == PRIVATE
    assert Path(agent.run_call.argv[agent.run_call.argv.index("--root") + 1]).is_absolute()


def test_the_alias_of_the_token_is_read_when_the_name_is_empty(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d", CLOUDSMITH_OIDC_TOKEN="", OIDC_TOKEN="alias")
    assert agent.run_call.stdin == "alias\n"


def test_without_a_token_the_program_gets_an_empty_line_and_says_so(agent: Agent) -> None:
    agent.has("cloudsmith-oidc", status=3)
    assert agent.run("login", "d", CLOUDSMITH_OIDC_TOKEN="").status == 3
    assert agent.run_call.stdin == "\n"


def test_the_certificates_of_a_private_ca_follow_the_token(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    blocks = [f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n" for name in ("one", "two")]
    bundle = agent.tmp / "ca bundle.pem"
    bundle.write_text(f"# First\n{blocks[0]}\nSecond\n{blocks[1]}-----BEGIN PRIVATE KEY-----\nno\n")
    agent.run("login", "d", SSL_CERT_FILE=str(bundle))
    assert agent.run_call.stdin == f"{agent.token}\n{''.join(blocks)}"


def test_a_ca_file_that_is_not_there_is_no_obstacle(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    assert agent.run("login", "d", SSL_CERT_FILE=str(agent.tmp / "none.pem")).status == 0
    assert agent.run_call.stdin == f"{agent.token}\n"


def test_a_bundle_larger_than_the_pipe_does_not_matter_to_a_program_that_does_not_read_it(agent: Agent) -> None:
    agent.script("cloudsmith-oidc", "exit 4")
    bundle = agent.tmp / "ca.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\n" + "x\n" * 200_000 + "-----END CERTIFICATE-----\n")
    result = agent.run("login", "d", SSL_CERT_FILE=str(bundle))
    assert (result.status, result.err) == (4, "")


@pytest.mark.parametrize("status", [2, 4, 8])
def test_the_programs_failure_is_the_launchers_and_nothing_is_left(agent: Agent, status: int) -> None:
    agent.has("cloudsmith-oidc", status=status)
    result = agent.run("login", "d")
    assert (result.status, result.err) == (status, "the program says why\n")
    assert agent.tree() == {}


def test_an_end_that_the_program_does_not_explain_is_told(agent: Agent) -> None:
    agent.has("cloudsmith-oidc", status=137)
    result = agent.run("login", "d")
    assert result.status == 137
    assert "cloudsmith-oidc: the program ended with status 137" in result.err.splitlines()[-1]
    assert agent.tree() == {}


def test_a_later_login_replaces_the_whole_set(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d")
    agent.answers(OTHER)
    assert agent.run("login", "d").status == 0
    assert agent.files("d") == OTHER | {MANIFEST: ".\n.npmrc\nenv\nlogin.json\n"}
    assert not (agent.workspace / "d/docker").exists()


def test_a_later_login_that_fails_leaves_the_set_as_it_is(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d")
    before = agent.tree(), agent.files("d")
    agent.has("cloudsmith-oidc", status=4)
    assert agent.run("login", "d").status == 4
    assert (agent.tree(), agent.files("d")) == before


def test_a_directory_of_the_users_own_becomes_private_and_keeps_what_is_in_it(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    (agent.workspace / "d/docker").mkdir(parents=True)
    (agent.workspace / "d/docker/daemon.json").write_text("own")
    assert agent.run("login", "d").status == 0
    assert agent.tree()["workspace/d"] == "700"
    assert agent.files("d")["docker/daemon.json"] == "own"


def test_a_directory_of_the_users_own_survives_a_login_that_fails(agent: Agent) -> None:
    agent.has("cloudsmith-oidc", status=4)
    (agent.workspace / "d").mkdir()
    before = agent.tree()
    assert agent.run("login", "d").status == 4
    assert agent.tree() == before


@pytest.mark.parametrize("obstacle", ["file", "symlink", "dangling", "fifo", "directory", "parent", "parent-file"])
def test_what_is_in_the_way_is_refused_and_nothing_changes(agent: Agent, obstacle: str) -> None:
    agent.has("cloudsmith-oidc")
    directory = agent.workspace / "d"
    elsewhere = agent.workspace / "elsewhere"
    (elsewhere / "docker").mkdir(parents=True)
    (elsewhere / "pip.conf").write_text("own")
    directory.mkdir()
    match obstacle:
        case "file":
            (directory / "pip.conf").write_text("own")
        case "symlink":
            (directory / "pip.conf").symlink_to(elsewhere / "pip.conf")
        case "dangling":
            (directory / "pip.conf").symlink_to(elsewhere / "none")
        case "fifo":
            os.mkfifo(directory / "pip.conf")
        case "directory":
            (directory / "pip.conf").mkdir()
        case "parent":
            (directory / "docker").symlink_to(elsewhere / "docker")
        case "parent-file":
            (directory / "docker").write_text("own")
    before = agent.tree()
    result = agent.run("login", "d")
    assert result.status == 8
    assert result.err == (
        f"cloudsmith-oidc: {directory}/{'docker' if 'parent' in obstacle else 'pip.conf'} is in the way, "
        "not written by login: remove it, or give another directory\n"
    )
    assert agent.tree() == before
    assert (elsewhere / "pip.conf").read_text() == "own"


@pytest.mark.parametrize("kind", ["symlink", "fifo", "directory"])
def test_what_took_the_place_of_a_file_of_the_earlier_login_is_refused(agent: Agent, kind: str) -> None:
    agent.has("cloudsmith-oidc")
    agent.run("login", "d")
    path = agent.workspace / "d/pip.conf"
    path.rename(agent.workspace / "moved")
    match kind:
        case "symlink":
            path.symlink_to(agent.workspace / "moved")
        case "fifo":
            os.mkfifo(path)
        case "directory":
            path.mkdir()
    before = agent.tree()
    assert agent.run("login", "d").status == 8
    assert agent.tree() == before


@pytest.mark.parametrize("name", ["d", f"d/{MANIFEST}"])
@pytest.mark.parametrize("command", ["login", "logout"])
def test_the_directory_and_its_manifest_must_not_be_links(agent: Agent, name: str, command: str) -> None:
    agent.has("cloudsmith-oidc")
    target = agent.workspace / "target"
    if name == "d":
        target.mkdir()
        (target / MANIFEST).write_text(".\n")
    else:
        (agent.workspace / "d").mkdir()
        target.write_text(".\n")
    (agent.workspace / name).symlink_to(target)
    before = agent.tree()
    result = agent.run(command, "d/")
    assert result.status == 8
    assert len(result.err.splitlines()) == 1
    assert agent.tree() == before


@pytest.mark.parametrize("kind", ["fifo", "directory"])
@pytest.mark.parametrize("command", ["login", "logout"])
def test_a_manifest_that_is_no_file_is_refused(agent: Agent, kind: str, command: str) -> None:
    agent.has("cloudsmith-oidc")
    (agent.workspace / "d").mkdir()
    {"fifo": os.mkfifo, "directory": os.mkdir}[kind](agent.workspace / "d" / MANIFEST)
    before = agent.tree()
    result = agent.run(command, "d")
    assert (result.status, len(result.err.splitlines())) == (8, 1)
    assert agent.tree() == before


ODD = {
    "symlink": member("odd", tarfile.SYMTYPE, "/etc/passwd"),
    "hard link": member("odd", tarfile.LNKTYPE, "env"),
    "fifo": member("odd", tarfile.FIFOTYPE),
    "space": member("o dd", tarfile.REGTYPE),
    "line break": member("o\ndd", tarfile.REGTYPE),
    "pattern": member("*", tarfile.REGTYPE),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_archive_with_an_odd_member_is_refused(agent: Agent, kind: str) -> None:
    agent.has("cloudsmith-oidc")
    agent.answers(SET, ODD[kind])
    result = agent.run("login", "d")
    assert result.status == 8
    assert result.err == "cloudsmith-oidc: the program's answer is not an archive of plain files: nothing was written\n"
    assert agent.tree() == {}


@pytest.mark.parametrize("name", ["$tmp/odd", "../odd", "docker/../../../odd"])
def test_no_member_of_the_archive_gets_out_of_the_directory(agent: Agent, name: str) -> None:
    """Busybox' tar cuts off what would lead out, the others are not asked to."""
    agent.has("cloudsmith-oidc")
    agent.answers(SET, member(name.replace("$tmp", str(agent.tmp)), tarfile.REGTYPE))
    status = agent.run("login", "d").status
    assert status == (0 if agent.is_busybox else 8)
    assert [path for path in agent.tree() if path.endswith("odd") and not path.startswith("workspace/d/")] == []


@pytest.mark.parametrize("answer", [b"", b"Hello from a container!\n" * 100, archive(SET)[: 4 * 1024]])
def test_an_answer_that_is_no_whole_archive_is_refused(agent: Agent, answer: bytes) -> None:
    agent.has("cloudsmith-oidc")
    (agent.stage / "answer.tar").write_bytes(answer)
    assert agent.run("login", "d").status == 8
    assert agent.tree() == {}


@pytest.mark.parametrize("arguments", [[], ["login"], ["login", ""], ["logout"], ["install", "d"]])
def test_wrong_usage(agent: Agent, arguments: list[str]) -> None:
    agent.has("cloudsmith-oidc")
    result = agent.run(*arguments)
    assert (result.status, len(result.err.splitlines()), result.err[:17]) == (2, 1, "cloudsmith-oidc: ")
    assert agent.calls == []
    assert agent.tree() == {}


def test_a_file_where_the_directory_should_be(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    (agent.workspace / "d").write_text("own")
    result = agent.run("login", "d")
    assert (result.status, len(result.err.splitlines())) == (8, 1)
    assert agent.files(".") == {"d": "own"}


def test_a_directory_that_somebody_makes_at_the_same_time_is_not_logins_own(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    mkdir = " ".join(agent.tools["mkdir"])
    agent.script("mkdir", f'[ "$1" != {agent.workspace}/d ] || {mkdir} "$1"\nexec {mkdir} "$@"')
    assert agent.run("login", "d").status == 0
    assert agent.tree() == PRIVATE
    agent.run("logout", "d")
    assert list(agent.tree()) == ["workspace/d"]


def test_two_logins_at_once_leave_one_whole_set(agent: Agent) -> None:
    """The first waits for Cloudsmith while the second starts, ends, and is then replaced as a whole."""
    agent.has("cloudsmith-oidc", blocks=True)
    with agent.started("login", "d") as first:
        agent.has("cloudsmith-oidc")
        (agent.stage / "answer.tar").rename(agent.stage / "whole.tar")
        agent.answers(OTHER)
        assert agent.run("login", "d").status == 0
        assert OTHER.items() <= agent.files("d").items()
        (agent.stage / "whole.tar").rename(agent.stage / "answer.tar")
        agent.lets_go()
        first.communicate()
    assert first.returncode == 0
    assert agent.tree() == PRIVATE
    assert agent.run("logout", "d").status == 0
    assert agent.tree() == {}


@pytest.mark.parametrize("status", [0, 4])
def test_of_two_logins_at_once_the_one_that_fails_takes_nothing_from_the_other(agent: Agent, status: int) -> None:
    agent.has("cloudsmith-oidc", blocks=True, status=4 - status)
    with agent.started("login", "d") as first:
        agent.has("cloudsmith-oidc", status=status)
        assert agent.run("login", "d").status == status
        agent.lets_go()
        first.communicate()
    assert first.returncode == 4 - status
    assert agent.tree() == PRIVATE
    agent.run("logout", "d")
    assert agent.tree() == {}


def test_files_are_moved_by_one_login_at_a_time(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    lock = agent.workspace / f"d/{MANIFEST}.lock"
    lock.mkdir(parents=True)
    agent.script("sleep", f"echo waited >>{agent.stage}/sleeps; rmdir {lock}")
    assert agent.run("login", "d").status == 0
    assert (agent.stage / "sleeps").read_text() == "waited\n"
    assert not lock.exists()


def test_a_lock_that_nobody_gives_back_is_named(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    lock = agent.workspace / f"d/{MANIFEST}.lock"
    lock.mkdir(parents=True)
    agent.script("sleep", ":")
    before = agent.tree()
    result = agent.run("login", "d")
    assert (result.status, len(result.err.splitlines())) == (8, 1)
    assert str(lock) in result.err
    assert agent.tree() == before
