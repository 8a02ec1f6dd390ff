"""A registry of the sandbox: where it is, how its clients send the token, what it answers."""

import base64
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sandbox.faults import Answer, json_answer
from sandbox.network import Request
from sandbox.samples import PACKAGES

NOT_FOUND = json_answer({"error": "Not found."}, 404)


class MissingError(Exception):
    """The reason why this machine cannot run a registry."""


@dataclass(frozen=True)
class Place:
    """Where a registry is: the label of a host (`dl` for dl.cloudsmith.io), and the path of a repository there.

    The path names `{org}/` and `{repo}/`. A custom domain stands for a workspace, or for one repository of it, and
    drops that from the path.
    """

    label: str
    path: str

    def match(self, path: str, org: str | None, repo: str | None) -> re.Match[str] | None:
        """Match a path at the host of a workspace or repository; the groups are `org`, `repo` and `rest`."""
        pattern = "/" + re.escape(self.path).replace(r"\{", "{").replace(r"\}", "}").rstrip("/")
        for name, known in {"org": org, "repo": repo}.items():
            pattern = pattern.replace(f"/{{{name}}}", "" if known else f"/(?P<{name}>[^/]+)")
        return re.fullmatch(rf"{pattern.rstrip('/')}(?P<rest>/.*|)", path)


@dataclass(frozen=True)
class Call:
    """An authorized request. `rest` is the path in the repository, `public` the repository's URL at this host."""

    request: Request
    place: Place
    org: str
    repo: str
    rest: str
    public: str


class Registry:
    """A registry with the packages of some repositories, all in one version.

    `programs` must be installed. `schemes` lists how its clients may send the token: `Basic` with the user name
    `token`, `Bearer`, `Token`, plain (""), or `X-Api-Key`.
    """

    places: ClassVar[tuple[Place, ...]]
    programs: ClassVar[tuple[str, ...]] = ()
    schemes: ClassVar[tuple[str, ...]] = ("Basic",)
    packages: ClassVar[Mapping[str, Sequence[str]]] = PACKAGES

    def __init__(self, state: Path, version: str) -> None:
        """Start it with its own empty directory. Raises `MissingError`."""
        self.state = state
        self.version = version

    @classmethod
    def token(cls, request: Request, schemes: Sequence[str] = ()) -> str:
        """Return the token that a request carries in one of these schemes or of its own, "" if it does not."""
        schemes = schemes or cls.schemes
        scheme, _, credentials = request.headers.get("Authorization", "").rpartition(" ")
        if scheme == "Basic" and scheme in schemes:
            try:
                user, _, password = base64.b64decode(credentials).decode().partition(":")
            except ValueError:
                return ""
            return password if user == "token" else ""
        if credentials:
            return credentials if scheme in schemes else ""
        return request.headers.get("X-Api-Key", "") if "X-Api-Key" in schemes else ""

    @classmethod
    def writes(cls, request: Request) -> bool:
        """Return whether a request needs the privilege Write."""
        return request.method not in {"GET", "HEAD"}

    def answer(self, call: Call) -> Answer:
        """Return the answer to an authorized request."""
        raise NotImplementedError

    def reset(self) -> None:
        """Remove what was published, if the registry can."""

    def stop(self) -> None:
        """End it."""


class StaticRegistry(Registry):
    """Files. A file that is sent with PUT or POST is kept."""

    def __init__(self, state: Path, version: str) -> None:
        super().__init__(state, version)
        self._offered = {repo: self.files(list(names)) for repo, names in self.packages.items()}
        self.reset()

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        """Return all files of a repository with these packages, by path (`/acme-hello/1.0.0.tgz`)."""
        raise NotImplementedError

    def reset(self) -> None:
        self.kept = defaultdict(dict[str, bytes], {repo: dict(files) for repo, files in self._offered.items()})
        """The files of each repository, by path."""

    def answer(self, call: Call) -> Answer:
        files = self.kept[call.repo]
        if call.request.method in {"PUT", "POST"}:
            self.publish(call)
            return Answer(201)
        content = files.get(call.rest)
        return NOT_FOUND if content is None else Answer(body=content)

    def publish(self, call: Call) -> None:
        """Keep what a client sends."""
        self.kept[call.repo][call.rest] = call.request.body
