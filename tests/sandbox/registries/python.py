"""pypiserver of this Python, which never refers a client to the public index."""

import re
import sys
from dataclasses import replace
from pathlib import Path

from sandbox import samples
from sandbox.faults import Answer
from sandbox.registries.base import Call, Place
from sandbox.registries.child import ChildRegistry


class PythonRegistry(ChildRegistry):
    """Python's packages, whose names are compared in their normal form."""

    places = (Place("dl", "basic/{org}/{repo}/python"), Place("python", "{org}/{repo}"))

    def __init__(self, state: Path, version: str) -> None:
        wheels = state / "packages"
        wheels.mkdir()
        for name in [name for names in self.packages.values() for name in names]:
            samples.wheel(wheels, name, version)
        program = [sys.executable, "-m", "pypiserver", "run", "--disable-fallback", "--overwrite", "-a", ".", "-P", "."]
        address = ["-i", "127.0.0.1", "-p"]
        super().__init__(state, version, lambda port: [*program, *address, str(port), str(wheels)])

    def package(self, call: Call) -> str | None:
        if call.request.method == "POST":
            form = re.search(rb'name="name"\r\n(?:.*\r\n)*?\r\n(.*?)\r\n', call.request.body)
            name = form[1].decode() if form else None
        else:
            page = re.match(r"/(?:simple|packages)/([^/]+?)(?=/|-\d|$)", call.rest)
            name = page[1] if page else None
        return re.sub(r"[-_.]+", "-", name).lower() if name else None

    def answer(self, call: Call) -> Answer:
        # pypiserver takes uploads at the top, and makes public links if it gets the public address.
        headers = call.request.headers.copy()
        headers["X-Forwarded-Host"] = call.public.partition("://")[2]
        headers["X-Forwarded-Proto"] = call.request.scheme
        rest = "/" if call.request.method == "POST" else call.rest
        return super().answer(replace(call, request=replace(call.request, headers=headers), rest=rest))
