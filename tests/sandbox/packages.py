"""The package hosts: a gate that lets in only those with a token of the sandbox, before real registries.

It asks for the privilege to read the repository, whatever the client does there, and answers 403 without (so says the
vendor's page supply-chain-security/epm/cooldown-policy).
"""

import base64
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from sandbox import backends, samples
from sandbox.backends import Backend, MissingError
from sandbox.clock import Clock
from sandbox.cloudsmith import Cloudsmith
from sandbox.faults import Answer, json_answer
from sandbox.network import Request, Route

REPOS = tuple(samples.PIP)


class Packages:
    """The backends, started on first use. `missing` says which are not to be had, and why."""

    formats = tuple(backends.BACKENDS)

    def __init__(self, state: Path) -> None:
        self.missing = backends.missing()
        self._state = state
        self._running: dict[str, Backend] = {}
        self._lock = threading.Lock()

    def backend(self, name: str) -> Backend:
        """The running backend of a format. Raises `MissingError`."""
        with self._lock:
            if name in self.missing:
                raise MissingError(self.missing[name])
            if name not in self._running:
                try:
                    self._running[name] = backends.BACKENDS[name](self._state)
                except MissingError as problem:
                    self.missing[name] = str(problem)
                    raise
            return self._running[name]

    def start(self) -> None:
        """Start all that can be had."""
        for name in self.formats:
            try:
                self.backend(name)
            except MissingError:
                continue

    def stop(self) -> None:
        """End all."""
        with self._lock:
            for backend in self._running.values():
                backend.stop()
            self._running.clear()


@dataclass(frozen=True)
class Door:
    """One package host. A custom domain stands for a workspace, or for one repository of it, and drops that from paths.

    format   vendor's host and account-wide domain   per-repository domain
    pip      /basic[/ORG]/REPO/python/simple/        /basic/python/simple/
    npm      [/ORG]/REPO/NAME                        /NAME
    docker   /v2[/ORG]/REPO/NAME/…                   /v2/NAME/…
    """

    format: str
    packages: Packages
    cloudsmith: Cloudsmith
    org: str | None = None
    repo: str | None = None

    @property
    def clock(self) -> Clock:
        """Cloudsmith's."""
        return self.cloudsmith.clock

    def route(self, request: Request) -> Route:
        """The endpoint is named like the format."""
        return self.format, lambda: self._answer(request)

    def _answer(self, request: Request) -> Answer:
        service = self._service(request)
        if service is None:
            challenge = f'Basic realm="Cloudsmith {self.format}"'
            return json_answer({"error": "Authentication required"}, 401, {"WWW-Authenticate": challenge})
        if self.format == "docker" and request.path == "/v2/":
            return json_answer({}, headers={"Docker-Distribution-Api-Version": "registry/2.0"})
        account = "" if self.org else "/(?P<org>[^/]+)"
        repository = "" if self.repo else "/(?P<repo>[^/]+)"
        where = {
            "pip": rf"/basic{account}{repository}/python(?P<rest>/.*)",
            "npm": rf"{account}{repository}(?P<rest>/.*)",
            "docker": rf"/v2{account}{repository}(?P<rest>/.*)",
        }
        found = re.fullmatch(where[self.format], request.path)
        if found is None:
            return _not_found()
        names = {"org": self.org, "repo": self.repo} | found.groupdict()
        org, repo, rest = names["org"], names["repo"], found["rest"]
        if org not in self.cloudsmith.providers or repo not in REPOS or not self._offers(repo, rest):
            return _not_found()
        if not self.cloudsmith.workspaces.may(self.cloudsmith.workspaces.account(service), "Read", org, repo):
            return json_answer({"error": "You do not have permission to perform this action."}, 403)
        base = {"pip": "", "npm": "", "docker": f"/v2/{org}/{repo}"}[self.format]
        public = request.origin + request.path[: found.start("rest")]
        return self._forward(request, base, rest, public)

    def _forward(self, request: Request, base: str, rest: str, public: str) -> Answer:
        try:
            return self.packages.backend(self.format).forward(request, base, rest, public)
        except MissingError as problem:
            return json_answer({"error": str(problem)}, 503)

    def _service(self, request: Request) -> str | None:
        """The service account whose token the client has."""
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        user, token = "token", credentials
        if scheme == "Basic":
            try:
                user, _, token = base64.b64decode(credentials).decode().partition(":")
            except ValueError:
                return None
        allowed = scheme == "Basic" or (scheme == "Bearer" and self.format == "npm")
        return self.cloudsmith.service_of(token) if allowed and user == "token" else None

    def _offers(self, repo: str, path: str) -> bool:
        """Whether a repository has what is asked for: pip's and npm's backends each hold all repositories in one."""
        match self.format:
            case "pip":
                found = re.match(r"/(?:simple|packages)/([^/]+?)(?=/|-\d|$)", path)
                return found is None or re.sub(r"[-_.]+", "-", found[1]).lower() in samples.PIP[repo]
            case "npm":
                found = re.match(r"/((?:@[^/]+/)?[^/]+)", unquote(path))
                return found is not None and (found[1] == "-" or found[1] in samples.NPM[repo])
            case _:
                return True


def _not_found() -> Answer:
    return json_answer({"error": "Not found."}, 404)
