"""Generic packages, whose host passes readers on to the one for downloads (vendor's page generic-repository)."""

from collections.abc import Sequence

from sandbox.faults import Answer
from sandbox.registries.base import Call, Place, StaticRegistry
from sandbox.samples import GREETING


class GenericRegistry(StaticRegistry):
    """Files below the upstream's prefix `tools`."""

    places = (Place("generic", "{org}/{repo}"), Place("dl", "basic/{org}/{repo}/generic/download"))

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        return {f"/tools/{name}.txt": f"{GREETING} {self.version}\n".encode() for name in packages}

    def answer(self, call: Call) -> Answer:
        if call.place.label == "generic":
            target = f"https://dl.cloudsmith.io/basic/{call.org}/{call.repo}/generic/download{call.rest}"
            return Answer(302, headers={"Location": target})
        return super().answer(call)
