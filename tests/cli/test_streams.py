"""Standard input and output that are closed, full, or not read to the end."""

import socket
import subprocess
from pathlib import Path

import pytest

from cloudsmith_oidc import streams
from program import PROGRAM, Cli

COMMANDS = {
    "login": f"{PROGRAM} login --output - --root /login",
    "explain": f"{PROGRAM} explain",
    "version": f"{PROGRAM} --version",
    "help": f"{PROGRAM} login --help",
}


def shell(cli: Cli, script: str) -> subprocess.CompletedProcess[str]:
    environment = {**cli.environment, "CLOUDSMITH_OIDC_TOKEN": cli.sandbox.mint()}
    return subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("output", [">/dev/full", ">&-"])
def test_output_that_cannot_be_written(cli: Cli, command: str, output: str) -> None:
    result = shell(cli, f"{COMMANDS[command]} {output}")

    assert result.returncode == 8
    assert "standard output" in result.stderr.splitlines()[-1]
    assert "Exception" not in result.stderr


def test_no_exchange_if_nothing_can_take_the_answer(cli: Cli) -> None:
    assert shell(cli, f"{COMMANDS['login']} >&-").returncode == 8
    assert cli.sandbox.requests == []


def test_closed_input_holds_no_token(cli: Cli) -> None:
    assert shell(cli, f"{COMMANDS['login']} --token-stdin <&-").returncode == 3


def test_no_more_is_read_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    writing, reading = socket.socketpair(type=socket.SOCK_DGRAM)  # where each read ends with a message
    with writing, reading:
        for message in (b"123", b"45", b""):
            writing.send(message)
        monkeypatch.setattr("sys.stdin", reading)
        assert streams.read(4) == b"1234"


ERRORS = ["2>&-", *(["2>/dev/full"] if Path("/dev/full").exists() else [])]


@pytest.mark.parametrize("errors", ERRORS)
def test_log_that_cannot_be_written_changes_nothing_else(cli: Cli, errors: str) -> None:
    done = shell(cli, f"{COMMANDS['login']} {errors} | tail -n 1")
    failed = shell(cli, f"{COMMANDS['login']} --org / {errors}")

    assert done.stdout == "end\n"
    assert (failed.returncode, failed.stdout) == (2, "")
    assert shell(cli, f"{PROGRAM} login --output {cli.directory} {errors}").returncode == 0
