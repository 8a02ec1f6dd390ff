"""What is said of a client, one module each: how a job uses it. `test_clients.py` proves it for all of them."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import needs
from sandbox import Sandbox

Settings = Callable[[Sandbox], Mapping[str, str]]


def _none(_: object) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Client:
    """A real client and the jobs that prove it. A job is a script for `sh -eu` in a new directory with `files`.

    `format` is what the login is asked for, and `program` what has to be installed (see install.sh); `version` prints
    the version that is run. `read` gets the package acme-hello from the repository prod, after which the file `got` is
    there (a glob below the job's directory); it must fail when Cloudsmith refuses.

    `publish` publishes a package that is named after the client, as real servers cannot forget; after it there is an
    answer at the URL `published`, which is where readers find it. `loud` does what `read` does, and makes the client
    tell all that it can of what it does and of its configuration; what of it fails does not matter. `several`
    reads acme-tools from the repository dev, in a login with `prod,dev`. `second_index` reads acme-hello (1.0.0 in
    Cloudsmith) with https://public.example.com/REGISTRY/ as a further source, which has 9.9.0; the version that is then
    there is `takes`, found by the script `taken`, which prints it. `asks_public` says whether the client then asks
    that source at all. One that takes what the first repository has, or whose projects name the repository, does not.

    `settings` are the login's, besides the usual ones; `environment` is the job's, also during the login. With `space`,
    all paths have a space in them. `domains` says that the client can use custom domains without changed scripts. With
    `engine`, it needs a Docker engine, and how that is reached is in the job's environment. `alone` says that the
    client's own cache is not made for two jobs of one user at once. `without_files` is what this client does without
    the login's files, if that is not what `Format.without_files` says of all.
    """

    format: str
    program: str
    version: str
    read: str
    got: str
    files: Mapping[str, str] = field(default_factory=dict)
    publish: str = ""
    published: str = ""
    loud: str = ""
    several: str = ""
    second_index: str = ""
    taken: str = ""
    takes: str = "1.0.0"
    asks_public: bool = True
    settings: Settings = _none
    environment: Callable[[Sandbox, Path], Mapping[str, str]] = lambda _sandbox, _home: {}
    space: bool = True
    domains: bool = True
    without_files: str = ""
    engine: bool = False
    alone: bool = False

    @property
    def reads_beside_others(self) -> bool:
        """Whether two jobs of one user can read at once."""
        return bool(self.read) and not self.alone

    @property
    def in_ci(self) -> bool:
        """Whether every CI run has it: not all are quickly installed, or quick."""
        return self.program in needs.IN_CI


def clients() -> dict[str, Client]:
    """Every client by its module's name."""
    folder = Path(__file__).parent / "known"
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    return {name.replace("_", "-"): importlib.import_module(f"clients.known.{name}").CLIENT for name in names}
