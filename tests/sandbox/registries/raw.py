"""Raw packages, and the host that files are uploaded to (vendor's pages raw-repository and package-upload)."""

from collections.abc import Sequence

from sandbox.faults import Answer, json_answer
from sandbox.registries.base import Call, Place, StaticRegistry
from sandbox.samples import GREETING


class RawRegistry(StaticRegistry):
    """An uploaded file stays where it was sent: the API that makes a package of it is not played."""

    places = (Place("dl", "basic/{org}/{repo}/raw"), Place("upload", "{org}/{repo}"))

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        text = f"{GREETING} {self.version}\n".encode()
        return {f"/{path}/{name}.txt": text for name in packages for path in ("files", f"versions/{self.version}")}

    def answer(self, call: Call) -> Answer:
        answer = super().answer(call)
        return json_answer({"identifier": "s4ndb0x"}, 201) if answer.status == 201 else answer
