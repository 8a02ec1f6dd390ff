"""`python -m sandbox` in a shell."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.registries import KINDS
from sandbox.registries.child import ChildRegistry

TESTS = Path(__file__).parent.parent
END_SECONDS = 20


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], dict[str, Any]]]]:
    """Start it with further arguments; gives the process and what it says of itself."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        command = [sys.executable, "-m", "sandbox", "--state", str(tmp_path / "state"), *arguments]
        process = subprocess.Popen(command, cwd=TESTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout
        return process, json.loads(process.stdout.readline())

    yield start
    for process in processes:
        with process:
            process.terminate()


def test_shell_can_enter_the_described_world(start: Callable[..., Any]) -> None:
    _, world = start("--issuer", "http://127.0.0.1:8080/oidc", "--claim", "aud=x")
    token_file, key_file = Path(world["id_token_file"]), Path(world["api_key_file"])
    assert [file.stat().st_mode & 0o777 for file in (token_file, key_file)] == [0o600, 0o600]
    shell = subprocess.run(
        ["sh", "-c", '. "$1" && env', "sh", world["env_file"]], env={}, capture_output=True, text=True, check=True
    )
    environment = dict(line.split("=", 1) for line in shell.stdout.splitlines())
    assert environment["HTTPS_PROXY"] == world["proxy_url"]
    assert environment["SSL_CERT_FILE"] == world["ca_file"]
    asked = {"oidc_token": token_file.read_text(), "service_slug": world["service"]}
    answer = httpx.post(f"{world['api_url']}/openid/{world['org']}/", json=asked, trust_env=False)
    assert answer.status_code == 201
    providers = f"{world['api_url']}/v1/orgs/{world['org']}/openid-connect/"
    shown = httpx.get(providers, headers={"X-Api-Key": key_file.read_text()}, trust_env=False).json()
    assert [provider["claims"] for provider in shown] == [{"aud": "https://cloudsmith.example.com"}, {"aud": "x"}]


@pytest.mark.parametrize("end", ["eof", "SIGTERM", "SIGINT"])
def test_command_ends_and_leaves_nothing(start: Callable[..., Any], end: str) -> None:
    process, world = start("--until-eof")
    if end == "eof":
        process.stdin.close()
    else:
        process.send_signal(signal.Signals[end])
    assert process.wait(END_SECONDS) == 0
    assert not Path(world["ca_file"]).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has pidfd_open")
def test_registries_end_with_a_killed_sandbox(start: Callable[..., Any]) -> None:
    process, world = start("--packages")
    servers = {name for name, kind in KINDS.items() if issubclass(kind, ChildRegistry)} - set(world["missing"])
    if not servers:
        pytest.skip(str(world["missing"]))
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) == len(servers)
    watches = [os.pidfd_open(int(child)) for child in children]
    process.kill()
    for watch in watches:
        ended, _, _ = select.select([watch], [], [], END_SECONDS)
        assert ended
        os.close(watch)
    shutil.rmtree(Path(world["ca_file"]).parent)
