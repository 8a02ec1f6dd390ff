"""pypiserver of this Python, which never passes a client on to the public index."""

import importlib.util
import re
import sys
from dataclasses import replace
from pathlib import Path

from sandbox import samples
from sandbox.faults import Answer
from sandbox.registries.base import NOT_FOUND, Call, Place
from sandbox.registries.child import ChildRegistry


class PythonRegistry(ChildRegistry):
    """One server holds the packages of all repositories, so that this one looks whose are asked for."""

    places = (Place("dl", "basic/{org}/{repo}/python"), Place("python", "{org}/{repo}"))

    def __init__(self, state: Path, version: str) -> None:
        wheels = state / "packages"
        wheels.mkdir()
        for names in self.packages.values():
            for name in names:
                samples.wheel(wheels, name, version)
        self._published: dict[str, set[str]] = {repo: set() for repo in self.packages}
        program = [sys.executable, "-m", "pypiserver", "run", "--disable-fallback", "--overwrite", "-a", ".", "-P", "."]
        address = ["-i", "127.0.0.1", "-p"]
        super().__init__(state, version, lambda port: [*program, *address, str(port), str(wheels)])

    @classmethod
    def missing(cls) -> str:
        return "" if importlib.util.find_spec("pypiserver") else "pypiserver is not installed in this Python"

    def answer(self, call: Call) -> Answer:
        request = call.request
        if request.method == "POST":
            name = re.search(rb'name="name"\r\n(?:.*\r\n)*?\r\n(.*?)\r\n', request.body)
            self._published[call.repo].add(_normal(name[1].decode()) if name else "")
            return self.forward(replace(request, path="/"), "", "/", call.public)
        found = re.match(r"/(?:simple|packages)/([^/]+?)(?=/|-\d|$)", call.rest)
        if found and _normal(found[1]) not in {*self.packages[call.repo], *self._published[call.repo]}:
            return NOT_FOUND
        # pypiserver makes public links itself when it is told the public address.
        headers = request.headers.copy()
        headers["X-Forwarded-Host"] = call.public.partition("://")[2]
        headers["X-Forwarded-Proto"] = request.scheme
        return self.forward(replace(request, headers=headers), "", call.rest, call.public)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


REGISTRY = PythonRegistry
