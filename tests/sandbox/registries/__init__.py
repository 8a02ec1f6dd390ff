"""The package registries, one module each, behind a gate that asks for a token of the sandbox.

Those who may not read the repository get 403 for every request (the vendor's page
supply-chain-security/epm/cooldown-policy), and those who may not write get it when they publish. A registry has its
module's name, and the module's last class plays it.
"""

import importlib
import pkgutil
import threading
from dataclasses import dataclass
from pathlib import Path

from needs import lacking
from sandbox.clock import Clock
from sandbox.cloudsmith import Cloudsmith
from sandbox.faults import Answer, json_answer
from sandbox.network import Request, Route
from sandbox.registries.base import NOT_FOUND, Call, MissingError, Registry
from sandbox.samples import PACKAGES

__all__ = ["DEFAULT_HOSTS", "PUBLIC_HOST", "REPOS", "Door", "MissingError", "PublicDoor", "Registries", "labels"]

REPOS = tuple(PACKAGES)
PUBLIC_HOST = "public.example.com"
"""Registries for everybody, each under its name, with the packages of `prod` in a higher version."""
DEFAULT_HOSTS = {"pypi": "python", "registry.npmjs": "npm", "registry.yarnpkg": "npm"}
"""The hosts that clients ask by default, without `.org` and `.com`, and the registry that each serves."""
VERSION, PUBLIC_VERSION = "1.0.0", "9.9.0"


def _kinds() -> dict[str, type[Registry]]:
    found = {}
    for name in sorted({module.name for module in pkgutil.iter_modules(__path__)} - {"base", "child"}):
        module = importlib.import_module(f"{__name__}.{name}")
        members = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
        found[name] = [each for each in members if isinstance(each, type) and issubclass(each, Registry)][-1]
    return found


KINDS = _kinds()


def labels() -> list[str]:
    """Return the labels of all hosts that serve packages."""
    return sorted({place.label for kind in KINDS.values() for place in kind.places})


class Registries:
    """The registries, started on first use. `missing` says which this machine cannot run, and why."""

    def __init__(self, state: Path) -> None:
        self.missing = {name: reason for name, kind in KINDS.items() if (reason := lacking(*kind.programs))}
        self._state = state
        self._running: dict[tuple[str, str], Registry] = {}
        self._lock = threading.Lock()

    def running(self, name: str, version: str = VERSION) -> Registry:
        """Return a registry, started if it was not yet. Raises `MissingError`."""
        with self._lock:
            if name in self.missing:
                raise MissingError(self.missing[name])
            if (name, version) not in self._running:
                state = self._state / f"{name}-{version}"
                state.mkdir()
                try:
                    self._running[name, version] = KINDS[name](state, version)
                except MissingError as problem:
                    self.missing[name] = str(problem)
                    raise
            return self._running[name, version]

    def start(self, *names: str) -> None:
        """Start those of the named registries, or of all, that this machine can run."""
        for name in names or KINDS:
            try:
                self.running(name)
            except MissingError:
                continue

    def reset(self) -> None:
        """Remove what was published, from registries that can."""
        for registry in self._running.values():
            registry.reset()

    def stop(self) -> None:
        """End all."""
        with self._lock:
            for registry in self._running.values():
                registry.stop()
            self._running.clear()


@dataclass(frozen=True)
class Door:
    """One package host: Cloudsmith's own, or a custom domain of the workspace `org`, or of its repository `repo`."""

    label: str
    registries: Registries
    cloudsmith: Cloudsmith
    org: str | None = None
    repo: str | None = None

    @property
    def clock(self) -> Clock:
        """Cloudsmith's."""
        return self.cloudsmith.clock

    def route(self, request: Request) -> Route:
        """The endpoint is named like the registry, or like the host's label if it is none's."""
        for name, kind in KINDS.items():
            for place in kind.places:
                if place.label == self.label and (found := place.match(request.path, self.org, self.repo)):
                    names = {"org": self.org, "repo": self.repo} | found.groupdict()
                    public = request.origin + request.path[: found.start("rest")]
                    call = Call(request, place, names["org"] or "", names["repo"] or "", found["rest"], public)
                    return name, lambda name=name, call=call: self._answer(name, call)
        return self.label, lambda: self._unknown(request)

    def _unknown(self, request: Request) -> Answer:
        """Answer a path of no registry: 404 to those whom a registry of this host authenticates."""
        here = [name for name, kind in KINDS.items() if any(place.label == self.label for place in kind.places)]
        return NOT_FOUND if any(self._service(name, request) for name in here) else self._challenge()

    def _answer(self, name: str, call: Call) -> Answer:
        service = self._service(name, call.request)
        if service is None:
            return self._challenge()
        if "{repo}" in call.place.path:
            known = self.cloudsmith.workspaces
            if call.org not in known.providers or call.repo not in known.repositories:
                return NOT_FOUND
            writes = KINDS[name].writes(call.request)
            if not known.may(known.account(service), "Write" if writes else "Read", call.org, call.repo):
                return json_answer({"error": "You do not have permission to perform this action."}, 403)
        try:
            return self.registries.running(name).answer(call)
        except MissingError as problem:
            return json_answer({"error": str(problem)}, 503)

    def _challenge(self) -> Answer:
        challenge = f'Basic realm="Cloudsmith {self.label}"'
        return json_answer({"error": "Authentication required"}, 401, {"WWW-Authenticate": challenge})

    def _service(self, name: str, request: Request) -> str | None:
        """The service account whose token the client has."""
        return self.cloudsmith.service_of(KINDS[name].token(request, self.cloudsmith.schemes.get(name, ())))


@dataclass(frozen=True)
class PublicDoor:
    """A host of public registries: `/python/…` is what anybody gets from the registry `python`; or of `only` one."""

    registries: Registries
    clock: Clock
    only: str = ""

    def route(self, request: Request) -> Route:
        """The endpoint is `public`, or `default` for the host of one registry."""
        return "default" if self.only else "public", lambda: self._answer(request)

    def _answer(self, request: Request) -> Answer:
        path = f"/{self.only}{request.path}" if self.only else request.path
        _, name, rest = [*path.split("/", 2), ""][:3]
        if name not in KINDS:
            return NOT_FOUND
        public = request.origin if self.only else f"{request.origin}/{name}"
        try:
            registry = self.registries.running(name, PUBLIC_VERSION)
        except MissingError as problem:
            return json_answer({"error": str(problem)}, 503)
        return registry.answer(Call(request, KINDS[name].places[0], "acme", "prod", f"/{rest}", public))
