"""What is said of a client, in one file of `known`: how a job uses it. `test_clients.py` proves it for all of them."""

import os
import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import needs
from clients import java
from sandbox import Sandbox
from sandbox.registries.hex import PUBLIC_KEY

WORLD: Mapping[str, Callable[[Sandbox], object]] = {
    "ca_file": lambda sandbox: sandbox.ca_file,
    "docker_host": lambda sandbox: sandbox.host("docker"),
    "hex_key": lambda _: PUBLIC_KEY,
    "nuget_url": lambda sandbox: sandbox.url("nuget"),
    "proxy_url": lambda sandbox: sandbox.proxy_url,
    "rustup_home": lambda _: os.environ.get("RUSTUP_HOME", Path.home() / ".rustup"),
}
"""What `{name}` stands for in `settings` and `environment`."""
NAME = re.compile(r"(?<!\$)\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Client:
    """A real client and the jobs that prove it. A job is a script for `sh -eu` in a new directory with `files`.

    In all texts, `{NAME}` stands for one of `constants`, which are the upper-case names of the file; `NAME` itself is
    `acme-` and the client's name. `like` names a client whose description holds where this one says nothing else.

    `format` is what the login is asked for, and `program` what must be installed (see install.sh), by default what
    the client is called; `version` prints the version that is run. `read` gets the package acme-hello from the
    repository prod, after which the file `got` is there (a glob below the job's directory); it must fail when
    Cloudsmith refuses.

    `publish` publishes a package that is named after the client, as real servers cannot forget; after it there is an
    answer at the URL `published`, which is where readers find it. `loud` does what `read` does, and makes the client
    tell all that it can of what it does and of its configuration; what of it fails does not matter. `several`
    reads acme-tools from the repository dev, in a login with `prod,dev`. `second_index` reads acme-hello (1.0.0 in
    Cloudsmith) with https://public.example.com/REGISTRY/ as a further source, which has 9.9.0; the version that is then
    there is `takes`, found by the script `taken`, which prints it. `asks_public` says whether the client then asks
    that source at all. One that takes what the first repository has, or whose projects name the repository, does not.

    `settings` are the login's, besides the usual ones; `environment` is the job's, also during the login. In both,
    `{name}` is one of `WORLD`; with `java` in the file, the environment has what `java.py` returns. With `space`, all
    paths have a space in them. `domains` says that the client can use custom domains without changed scripts. With
    `engine`, it needs a Docker engine, and how that is reached is in the job's environment. `alone` says that the
    client's own cache is not made for two jobs of one user at once. `without_files` is what this client does without
    the login's files, if that is not what `Format.without_files` says of all.
    """

    constants: Mapping[str, str]
    format: str
    program: str
    version: str
    read: str
    got: str
    settings: Callable[[Sandbox], Mapping[str, str]]
    environment: Callable[[Sandbox, Path], Mapping[str, str]]
    files: Mapping[str, str] = field(default_factory=dict)
    publish: str = ""
    published: str = ""
    loud: str = ""
    several: str = ""
    second_index: str = ""
    taken: str = ""
    takes: str = "1.0.0"
    asks_public: bool = True
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

    def filled(self, script: str) -> str:
        """Return a script in which `{NAME}` stands for a constant, and `{name}` for a field."""
        return _filled(script, {**self.constants, **vars(self)})


def _filled(text: str, known: Mapping[str, Any]) -> str:
    return NAME.sub(lambda found: str(known[found[1]]), text)


@cache
def clients() -> dict[str, Client]:
    """Every client by its file's name."""
    files = sorted((Path(__file__).parent / "known").glob("*.toml"))
    described = {file.stem: tomllib.loads(file.read_text()) for file in files}
    return {name: _client(name, described) for name in described}


def _client(name: str, described: Mapping[str, dict[str, Any]]) -> Client:
    own = dict(described[name])
    base = described.get(own.pop("like", ""), {})
    said = (
        base | own | {key: base[key] | value for key, value in own.items() if isinstance(value, dict) and key in base}
    )
    said.setdefault("program", name)
    constants = {"NAME": f"acme-{name}", "python": sys.executable}
    said["program"] = constants["program"] = _filled(said["program"], constants)
    said.setdefault("version", "{program} --version")
    for key in filter(str.isupper, said):
        constants[key] = _filled(said[key], constants)
    settings, environment, java_needed = said.pop("settings", {}), said.pop("environment", {}), said.pop("java", False)
    fields: dict[str, Any] = {key: value for key, value in said.items() if not key.isupper()}
    fields |= {key: _filled(value, constants) for key, value in fields.items() if isinstance(value, str)}
    fields["files"] = {
        _filled(path, constants): _filled(text, constants) for path, text in said.get("files", {}).items()
    }

    def in_world(texts: Mapping[str, str], sandbox: Sandbox) -> dict[str, str]:
        return {key: NAME.sub(lambda found: str(WORLD[found[1]](sandbox)), text) for key, text in texts.items()}

    def environment_in(sandbox: Sandbox, home: Path) -> dict[str, str]:
        needed = java.options(sandbox, home) if java_needed else {}
        if said["format"] == "maven":
            needed |= java.maven(sandbox, home, constants, fields["files"]["pom.xml"])
        return needed | in_world(environment, sandbox)

    return Client(constants=constants, settings=partial(in_world, settings), environment=environment_in, **fields)
