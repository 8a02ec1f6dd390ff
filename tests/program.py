"""The command as users run it: a process with arguments, environment and standard input."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox import Sandbox

PROGRAM = Path(sys.executable).parent / "cloudsmith-oidc"
PRCTL, DROP, OVERRIDES = ctypes.CDLL(None).prctl, 24, (1, 2)
"""PR_CAPBSET_DROP; CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH. See capabilities(7)."""


@dataclass(frozen=True)
class Result:
    """How the process ended. `stdout` is bytes, as it can be a tar stream."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def written(self) -> str:
        """All that the process wrote."""
        return self.stdout.decode() + self.stderr

    @property
    def last_line(self) -> str:
        return self.stderr.rstrip("\n").rpartition("\n")[2]


def obey_modes() -> None:
    """Let the modes of files count, also if root runs the tests. For the child of a fork, before it runs a program."""
    for capability in OVERRIDES:
        PRCTL(DROP, capability, 0, 0, 0)


class Cli:
    """Runs `cloudsmith-oidc` in the sandbox's world, by default with a good ID token and complete settings."""

    def __init__(self, sandbox: Sandbox, directory: Path) -> None:
        self.sandbox = sandbox
        self.directory = directory
        self.environment = {
            "PATH": os.environ["PATH"],
            **sandbox.environment(),
            "CLOUDSMITH_ORG": sandbox.org,
            "CLOUDSMITH_SERVICE_SLUG": sandbox.service,
            "CLOUDSMITH_REPO": "prod",
        }

    def start(self, *arguments: str, token: str | None = None, **environment: str | None) -> "subprocess.Popen[bytes]":
        """Start without waiting. A variable set to None is left out."""
        return subprocess.Popen(
            [PROGRAM, *arguments],
            env=self.given(token, environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=obey_modes,  # noqa: PLW1509 - it calls nothing but the kernel
        )

    def given(self, token: str | None, environment: Mapping[str, str | None]) -> dict[str, str]:
        """Return the environment of a run."""
        given = {
            **self.environment,
            "CLOUDSMITH_OIDC_TOKEN": self.sandbox.mint() if token is None else token,
            **environment,
        }
        return {name: value for name, value in given.items() if value is not None}

    def run(self, *arguments: str, token: str | None = None, stdin: str = "", **environment: str | None) -> Result:
        """Run to the end."""
        with self.start(*arguments, token=token, **environment) as process:
            stdout, stderr = process.communicate(stdin.encode())
        return Result(process.returncode, stdout, stderr.decode())

    def login(self, *arguments: str, token: str | None = None, **environment: str | None) -> Result:
        """Log in to `directory`, logging for people."""
        output = ["--output", str(self.directory)]
        return self.run(
            *["login", *output, "--log-format", "console", *arguments], token=token, stdin="", **environment
        )

    def file(self, name: str) -> str:
        """Return the text of a file that login wrote."""
        return (self.directory / name).read_text()

    def issued_token(self) -> str:
        """Return the Cloudsmith token that the last login got, as the npm client would find it."""
        return self.file(".npmrc").rpartition(":_authToken=")[2].strip()
