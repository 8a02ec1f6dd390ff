"""The shell steps of docs/freestyle.md, word for word, as Jenkins runs them: sh -xe in the workspace."""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.agent import SHELLS
from leaks.needles import found
from needs import need
from sandbox import Sandbox


@pytest.fixture(params=["", ": command", ": checkout"], ids=["launcher", "command", "checkout"])
def step(
    request: pytest.FixtureRequest, repository: Path, launcher: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    page = (repository / "docs/freestyle.md").read_text()
    found = re.search(rf"<!-- freestyle{request.param} -->\n```sh\n(.*?)```", page, re.DOTALL)
    assert found, f"docs/freestyle.md has no shell block after <!-- freestyle{request.param} -->"
    if "git clone" not in found[1]:
        return found[1]
    url = library_at_its_tag(launcher, tmp_path_factory.mktemp("library"))
    return found[1].replace("https://git.example.com/ci/cloudsmith-oidc.git", url)


def library_at_its_tag(launcher: Path, folder: Path) -> str:
    """Make a repository with the launcher at its tag. Its branch has another by now."""
    need("git")
    place = folder / "resources/cloudsmith/oidc"
    place.mkdir(parents=True)
    identity = ["user.name=a", "user.email=a@example.com", "commit.gpgsign=false"]
    git = ["git", "-C", str(folder), *(word for setting in identity for word in ("-c", setting))]
    subprocess.run([*git, "init", "--quiet"], check=True)
    shutil.copy(launcher, place)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", "0.1.0"], check=True)
    subprocess.run([*git, "tag", "v0.1.0"], check=True)
    (place / launcher.name).write_text("exit 99\n")
    subprocess.run([*git, "commit", "--quiet", "--all", "--message", "broken"], check=True)
    return folder.as_uri()


def world(sandbox: Sandbox, launcher: Path, workspace: Path) -> dict[str, str]:
    shutil.copy(launcher, workspace)
    return {
        **sandbox.environment(),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(workspace),
        "WORKSPACE_TMP": f"{workspace}@tmp",
        "CLOUDSMITH_OIDC_TOKEN": sandbox.mint(),
    }


def run(step: str, sandbox: Sandbox, launcher: Path, workspace: Path) -> subprocess.CompletedProcess[str]:
    environment = world(sandbox, launcher, workspace)
    result = subprocess.run(
        ["sh", "-xe", "-c", step],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    secrets = [environment["CLOUDSMITH_OIDC_TOKEN"], *sandbox.cloudsmith.issued]
    assert found(result.stdout + result.stderr, *secrets) == []
    return result


def test_step_installs_a_package_and_leaves_no_login(
    step: str, packages: Sandbox, launcher: Path, tmp_path: Path
) -> None:
    if "python" in packages.missing:
        pytest.skip(packages.missing["python"])

    result = run(step, packages, launcher, tmp_path)

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "packages/acme_hello.py").exists()
    assert not Path(f"{tmp_path}@tmp/cloudsmith").exists()


def test_step_that_fails_leaves_no_login(step: str, sandbox: Sandbox, launcher: Path, tmp_path: Path) -> None:
    """Nor do its commands get the ID token."""
    result = run(re.sub("pip install.*", 'ls "$PIP_CONFIG_FILE"; env; false', step), sandbox, launcher, tmp_path)

    assert result.returncode != 0
    assert "/cloudsmith/pip.conf\n" in result.stdout
    assert "PIP_CONFIG_FILE=" in result.stdout
    assert "OIDC_TOKEN" not in result.stdout
    assert not Path(f"{tmp_path}@tmp/cloudsmith").exists()


def test_what_a_build_that_was_killed_has_left_is_gone(
    step: str, sandbox: Sandbox, launcher: Path, tmp_path: Path
) -> None:
    """A login keeps what is in a directory that it writes to: Docker would run this plugin."""
    planted = Path(f"{tmp_path}@tmp/cloudsmith/docker/cli-plugins/docker-planted")
    planted.parent.mkdir(parents=True)
    planted.touch()
    (planted.parent.parent.parent / "login.json").write_text("{}")

    result = run(re.sub("pip install.*", 'ls -R "$DOCKER_CONFIG"', step), sandbox, launcher, tmp_path)

    assert result.returncode == 0, result.stderr
    assert "config.json" in result.stdout
    assert "planted" not in result.stdout


@pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS)
def test_step_that_is_aborted_leaves_no_login(
    step: str, sandbox: Sandbox, launcher: Path, tmp_path: Path, shell: list[str]
) -> None:
    """Jenkins sends TERM to every process of the step."""
    need(shell[0])
    # The job waits for a line, and gets one after the signal: so it goes on even if the signal came before it waited.
    line = tmp_path / "line"
    os.mkfifo(line)
    both_ends = os.open(line, os.O_RDWR)
    body = re.sub("pip install.*", "echo ready >ready; read -r line <line", step)
    os.mkfifo(tmp_path / "ready")
    ready = os.open(tmp_path / "ready", os.O_RDWR)
    process = subprocess.Popen(
        [*shell, "-xe", "-c", body],
        cwd=tmp_path,
        env=world(sandbox, launcher, tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert select.select([ready], [], [], 60)[0], "the job did not begin"
        assert Path(f"{tmp_path}@tmp/cloudsmith/pip.conf").exists()
        os.killpg(process.pid, signal.SIGTERM)
        os.write(both_ends, b"\n")
        assert process.wait(60) == 128 + signal.SIGTERM
    finally:
        process.kill()
        process.wait()
        os.close(ready)
        os.close(both_ends)

    assert not Path(f"{tmp_path}@tmp/cloudsmith").exists()


@pytest.mark.parametrize("step", [": command", ": checkout"], indirect=True)
def test_launcher_of_a_pull_request_gets_no_id_token(step: str, sandbox: Sandbox, tmp_path: Path) -> None:
    workspace = tmp_path / "job"
    workspace.mkdir()
    hostile = tmp_path / "cloudsmith-oidc.sh"
    hostile.write_text(f"env >'{tmp_path}/caught'\n")

    result = run(re.sub("pip install.*", "env", step), sandbox, hostile, workspace)

    assert not (tmp_path / "caught").exists()
    assert result.returncode == 0, result.stderr
    assert "PIP_CONFIG_FILE=" in result.stdout
