"""`logout`: it removes what login left, and nothing else, whatever the build has done to the directory."""

import itertools

import pytest

from launcher.agent import MANIFEST, Agent


def logged_in(agent: Agent, directory: str = "d") -> None:
    agent.has("cloudsmith-oidc")
    assert agent.run("login", directory).status == 0


def test_a_directory_that_login_made_goes_with_all_that_came_into_it(agent: Agent) -> None:
    logged_in(agent)
    (agent.workspace / "own").mkdir()
    (agent.workspace / "own/file").write_text("own")
    (agent.workspace / "d/docker/buildx").mkdir()
    (agent.workspace / "d/link").symlink_to(agent.workspace / "own")
    result = agent.run("logout", "d")
    assert (result.status, result.out, result.err) == (0, "", "")
    assert list(agent.tree()) == ["workspace/own", "workspace/own/file"]


def test_in_a_directory_of_the_users_own_only_logins_files_go(agent: Agent) -> None:
    (agent.workspace / "d").mkdir()
    (agent.workspace / "d/own").write_text("own")
    logged_in(agent)
    logged_in(agent)
    (agent.workspace / "d/docker/buildx").mkdir()
    assert agent.run("logout", "d").status == 0
    assert list(agent.tree()) == ["workspace/d", "workspace/d/own"]


def test_a_subdirectory_of_the_users_own_stays(agent: Agent) -> None:
    (agent.workspace / "d/docker").mkdir(parents=True)
    logged_in(agent)
    logged_in(agent)
    assert agent.run("logout", "d").status == 0
    assert list(agent.tree()) == ["workspace/d", "workspace/d/docker"]


@pytest.mark.parametrize("there", ["nothing", "directory", "file"])
def test_where_no_login_was_there_is_nothing_to_do(agent: Agent, there: str) -> None:
    if there == "directory":
        (agent.workspace / "d/docker").mkdir(parents=True)
        (agent.workspace / "d/pip.conf").write_text("own")
    elif there == "file":
        (agent.workspace / "d").write_text("own")
    before = agent.tree()
    result = agent.run("logout", "d")
    assert (result.status, result.out, result.err) == (0, "", "")
    assert agent.tree() == before


def test_a_second_logout_is_harmless(agent: Agent) -> None:
    logged_in(agent)
    assert [agent.run("logout", "d").status for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("line", ["$tmp/own", "../own", "docker/../../own", "link/own", "link/", "/", "./", "../", ""])
def test_a_manifest_that_leads_elsewhere_is_not_followed(agent: Agent, line: str) -> None:
    (agent.workspace / "d").mkdir()
    logged_in(agent)
    for folder in (agent.workspace, agent.tmp):
        (folder / "own").write_text("own")
    (agent.workspace / "d/link").symlink_to(agent.workspace)
    with (agent.workspace / "d" / MANIFEST).open("a") as manifest:
        manifest.write(line.replace("$tmp", str(agent.tmp)) + "\n")
    result = agent.run("logout", "d")
    assert (result.status, len(result.err.splitlines())) == (8, 1)
    assert list(agent.tree()) == ["workspace/d", "workspace/d/link", "workspace/own", "tmp/own"]


def test_what_took_the_place_of_a_file_stays_and_is_named(agent: Agent) -> None:
    (agent.workspace / "d").mkdir()
    logged_in(agent)
    (agent.workspace / "own").write_text("own")
    (agent.workspace / "d/env").unlink()
    (agent.workspace / "d/env").symlink_to(agent.workspace / "own")
    (agent.workspace / "d/pip.conf").unlink()
    (agent.workspace / "d/pip.conf").mkdir()
    result = agent.run("logout", "d")
    assert result.status == 8
    assert result.err == (
        f"cloudsmith-oidc: not removed from {agent.workspace}/d, as login did not write it: env pip.conf\n"
    )
    assert list(agent.tree()) == ["workspace/d", "workspace/d/env", "workspace/d/pip.conf", "workspace/own"]


@pytest.mark.parametrize("own", [True, False])
def test_it_removes_what_a_killed_login_left(agent: Agent, own: bool) -> None:
    if own:
        (agent.workspace / "d").mkdir()
    agent.has("cloudsmith-oidc", blocks=True)
    with agent.started("login", "d"):
        agent.kill()
    (agent.workspace / f"d/{MANIFEST}.lock").mkdir()
    assert len(agent.tree()) > 2
    assert agent.run("logout", "d").status == 0
    assert list(agent.tree()) == (["workspace/d"] if own else [])


def test_it_finds_every_file_of_a_login_that_was_killed_while_it_moved_them(agent: Agent) -> None:
    (agent.workspace / "d").mkdir()
    agent.has("cloudsmith-oidc")
    for number in itertools.count(1):
        with agent.signals_all("KILL", "mv", number) as was_sent:
            agent.run("login", "d")
        if not was_sent():
            break
        assert agent.run("logout", "d").status == 0
        assert list(agent.tree()) == ["workspace/d"]


def test_logout_needs_nothing_that_runs_the_program(agent: Agent) -> None:
    logged_in(agent)
    (agent.bin / "cloudsmith-oidc").unlink()
    assert agent.run("logout", "d", CLOUDSMITH_OIDC_RUNTIME="docker").status == 0
    assert agent.tree() == {}


def test_a_lost_manifest_is_told_when_a_token_may_be_left(agent: Agent) -> None:
    logged_in(agent)
    (agent.workspace / "d" / MANIFEST).unlink()

    result = agent.run("logout", "d")

    assert result.status == 8
    assert "may still hold a Cloudsmith token" in result.err


def test_what_only_looks_like_a_staging_directory_is_left(agent: Agent) -> None:
    mine = agent.workspace / f"d/{MANIFEST}.mine"
    mine.mkdir(parents=True)
    logged_in(agent)

    assert agent.run("logout", "d").status == 0

    assert mine.exists()
