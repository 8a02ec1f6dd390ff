"""A build's job: what it runs after a login, in a directory and with a home of its own."""

import base64
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

from clients.client import Client
from cloudsmith_oidc import formats
from cloudsmith_oidc.formats.base import Endpoint
from leaks.needles import found
from needs import INSTALLED
from program import Cli
from sandbox import Request

JOB_SECONDS = 170.0
SHAPE = Path(__file__).parent.parent.parent / "resources/cloudsmith/oidc/token-shape.txt"


@dataclass(frozen=True)
class Done:
    """How a job ended, and everything that it printed."""

    code: int
    output: str


class Jobs:
    """The jobs of one login. Each has a directory of its own; the home is theirs all."""

    def __init__(self, client: Client, cli: Cli, folder: Path) -> None:
        self.client = client
        self.cli = cli
        name = "with a space" if client.space else "without"
        self.folder = folder / name
        self.home = self.folder / "home"
        self.home.mkdir(parents=True)
        cli.directory = self.folder / "login"
        self.environment = {
            "PATH": f"{INSTALLED}:{os.environ['PATH']}",
            "HOME": str(self.home),
            **{name: os.environ[name] for name in ("DOCKER_HOST",) if client.engine and name in os.environ},
            **cli.sandbox.environment(),
            **client.environment(cli.sandbox, self.home),
        }
        self.said = ""
        """What the login printed."""
        self.pointers: dict[str, str] = {}
        """The variables that the login sets."""

    def beside(self) -> Self:
        """Another login of the same user, with the same home."""
        other = type(self)(self.client, Cli(self.cli.sandbox, self.folder), self.folder / "other")
        other.home, other.environment = self.home, self.environment
        return other

    def log_in(self, **settings: str) -> None:
        """Log in; raises `AssertionError` if that fails."""
        login = {**self.environment, "CLOUDSMITH_FORMATS": self.client.format, **self.client.settings(self.cli.sandbox)}
        result = self.cli.login(**{**login, **settings})
        assert result.code == 0, result.stderr
        self.said = result.stderr
        self.pointers = dict(line.split("=", 1) for line in self.cli.file("env").splitlines())

    def run(self, script: str, name: str = "job") -> Done:
        """Run a script in a new directory."""
        directory = self.folder / name
        directory.mkdir()
        # Jenkins compares names without case.
        inside = {name.upper() for name in self.pointers}
        for path, text in self.client.files.items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(text)
        done = subprocess.run(
            ["sh", "-eu", "-c", script],
            cwd=directory,
            env={name: value for name, value in self.environment.items() if name.upper() not in inside} | self.pointers,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=JOB_SECONDS,
        )
        return Done(done.returncode, done.stdout.decode(errors="replace"))

    def succeeds(self, script: str, name: str = "job") -> str:
        """Run a script that must succeed, and return what it printed."""
        done = self.run(script, name)
        assert done.code == 0, done.output
        return done.output

    def fails(self, script: str, name: str = "job") -> str:
        """Run a script that must fail, and return what it printed."""
        done = self.run(script, name)
        assert done.code != 0, done.output
        return done.output

    def reads(self) -> str:
        """Run the client's `read`, which must fetch the package, and return what it printed."""
        printed = self.succeeds(self.client.read)
        assert self.got(), printed
        return printed

    def asked(self, *endpoints: str) -> list[Request]:
        """Return the requests to these endpoints of the sandbox."""
        return [request for request in self.cli.sandbox.requests if request.endpoint in endpoints]

    def got(self, name: str = "job") -> bool:
        """Return whether `read` has fetched the package."""
        return any((self.folder / name).glob(self.client.got))

    def version(self) -> str:
        """The version of the client, as it says itself."""
        said = subprocess.run(
            ["sh", "-c", self.client.version],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = re.search(r"\d+\.\d[\w.+-]*", said)
        assert found, said
        return found[0]

    @property
    def read_from(self) -> Endpoint:
        """Where the format reads."""
        return formats.load(self.client.format.split(",")[0]).endpoints[0]

    def forget(self) -> None:
        """Remove what clients keep in the home for the next job."""
        subprocess.run(["rm", "-rf", str(self.home)], check=True)
        self.home.mkdir()

    def status(self, url: str) -> int:
        """What Cloudsmith answers for a URL to whoever has a token, and sends it in the way that is right there."""
        world = self.cli.sandbox
        with httpx.Client(proxy=world.proxy_url, verify=world.network.certificates.client_context) as client:
            token = world.issue()
            basic = base64.b64encode(f"token:{token}".encode()).decode()
            plain = [{"Authorization": way} for way in (f"Basic {basic}", f"Bearer {token}", token)]
            ways = [*plain, {"X-Api-Key": token}]
            answers = [client.get(url, headers=way).status_code for way in ways]
            return next((answer for answer in answers if answer != httpx.codes.UNAUTHORIZED), httpx.codes.UNAUTHORIZED)

    def left_behind(self) -> list[str]:
        """The files outside the login directory that hold a part of the token."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and self.cli.directory not in path.parents]
        return [str(path) for path in files if self.shows_token(path.read_bytes().decode("latin-1"))]

    def shows_token(self, text: str) -> bool:
        """Whether a text holds a part of a token, in any form."""
        return bool(found(text, *self.cli.sandbox.cloudsmith.issued))


def masked(text: str) -> str:
    """Return what a console shows of a text: the step's own expression, line by line, as the plugin applies it."""
    lines = SHAPE.read_text().splitlines()
    shape = re.compile("|".join(line for line in lines if not line.startswith("#")))
    return "\n".join(shape.sub("********", line) for line in text.splitlines())
