"""Builds that fetch packages with real clients, for the tests of the clients and for the demonstration."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from program import Cli
from sandbox import Sandbox


@dataclass(frozen=True)
class Client:
    """A command that fetches from the repository `prod`, what has to be installed for it, and a sign of success.

    `registry` leads there without a login, for the client that nobody let in.
    """

    format: str
    program: str
    command: list[str]
    fetched: Callable[[Path, str], bool]
    registry: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


CLIENT_SECONDS = 120.0
PIP = [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--target", "."]
CLIENTS = {
    "pip": Client(
        "pip",
        sys.executable,
        [*PIP, "acme-hello"],
        lambda folder, _: (folder / "acme_hello.py").exists(),
        ("--index-url", "https://dl.cloudsmith.io/basic/acme/prod/python/simple/"),
    ),
    "npm": Client(
        "npm",
        "npm",
        ["npm", "install", "--no-audit", "--no-fund", "@acme/hello", "acme-hello"],
        lambda folder, _: (folder / "node_modules/@acme/hello/package.json").exists(),
        ("--registry", "https://npm.cloudsmith.io/acme/prod/"),
        {"package.json": "{}"},
    ),
    "docker": Client(
        "docker",
        "docker",
        ["docker", "manifest", "inspect", "--insecure", "{docker}/prod/app:1"],
        lambda _, output: "application/vnd" in output,
    ),
}


class Job:
    """What a build does after the login, in a folder of its own."""

    def __init__(self, cli: Cli, folder: Path) -> None:
        self.cli = cli
        self.folder = folder
        folder.mkdir()

    def run(self, client: Client, *, logged_in: bool, **others: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.cli.sandbox.environment(), **others}
        environment["npm_config_cache"] = str(self.folder / "npm-cache")
        if logged_in:
            environment |= dict(line.split("=", 1) for line in self.cli.file("env").splitlines())
        for name, text in client.files.items():
            (self.folder / name).write_text(text)
        command = [word.format(docker=self.cli.sandbox.host("docker")) for word in client.command]
        command += () if logged_in else client.registry
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=CLIENT_SECONDS,
        )


def loopback_domains(sandbox: Sandbox) -> str:
    """The docker client takes no proxy and no CA from its caller: it finds the registry on a loopback port."""
    return f"docker=http://{sandbox.host('docker')}"
