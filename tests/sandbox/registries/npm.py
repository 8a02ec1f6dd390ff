"""verdaccio without an uplink, installed beside this file when it is not there yet."""

import fcntl
import json
import re
import subprocess
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, unquote

from sandbox import samples
from sandbox.network import Request
from sandbox.registries.base import Call, MissingError, Place
from sandbox.registries.child import ChildRegistry

INSTALL_SECONDS = 150.0
VERDACCIO = Path(__file__).parent / "verdaccio"


class NpmRegistry(ChildRegistry):
    """npm's packages, with and without a scope."""

    programs = ("node", "npm")
    places = (Place("npm", "{org}/{repo}"),)
    schemes = ("Basic", "Bearer")
    packages: ClassVar = {"prod": ["@acme/hello", "acme-hello"], "dev": ["@acme/tools", "acme-tools"]}

    def __init__(self, state: Path, version: str) -> None:
        script = _installed()
        config = state / "config.yaml"
        settings = {
            "storage": str(state / "storage"),
            "packages": {"**": {"access": "$all", "publish": "$anonymous"}},
            "uplinks": {},
            "web": {"enable": False},
            "log": {"type": "stdout", "level": "warn"},
        }
        config.write_text(json.dumps(settings))
        command = ["node", str(script), "--config", str(config), "--listen"]
        super().__init__(state, version, lambda port: [*command, f"127.0.0.1:{port}"])
        for name in [name for names in self.packages.values() for name in names]:
            document = json.dumps(samples.npm_publication(name, version)).encode()
            self.publish("PUT", f"/{quote(name, safe='@')}", document, "application/json")

    @classmethod
    def writes(cls, request: Request) -> bool:
        """npm's own endpoints, such as that of an audit, publish nothing."""
        return super().writes(request) and "/-/npm/" not in request.path

    def package(self, call: Call) -> str | None:
        """Return None for npm's own endpoints, which begin with `/-/`."""
        found = re.match(r"/(?!-/)((?:@[^/]+/)?[^/]+)", unquote(call.rest))
        return found[1] if found else None


def _installed() -> Path:
    """The server's script, installed if it is not there yet. Raises `MissingError`."""
    script = VERDACCIO / "node_modules" / "verdaccio" / "bin" / "verdaccio"
    with (VERDACCIO / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not script.exists():
            install = ["npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
            try:
                subprocess.run(
                    install, cwd=VERDACCIO, capture_output=True, text=True, check=True, timeout=INSTALL_SECONDS
                )
            except subprocess.CalledProcessError as problem:
                raise MissingError(f"npm ci failed: {problem.stderr[:500]}") from None
            except subprocess.TimeoutExpired:
                raise MissingError(f"npm ci did not end within {INSTALL_SECONDS} s") from None
    return script
