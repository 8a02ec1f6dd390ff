"""Raw packages, and the host that files are uploaded to (vendor's pages raw-repository and package-upload)."""

from collections.abc import Sequence

from sandbox.faults import Answer, json_answer
from sandbox.registries.base import Call, Place, StaticRegistry
from sandbox.samples import GREETING


class RawRegistry(StaticRegistry):
    """An uploaded file is kept where it was sent and where readers get it: nothing needs to make a package of it."""

    places = (Place("dl", "basic/{org}/{repo}/raw"), Place("upload", "{org}/{repo}"))

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        text = f"{GREETING} {self.version}\n".encode()
        return {f"/{path}/{name}.txt": text for name in packages for path in ("files", f"versions/{self.version}")}

    def publish(self, call: Call) -> None:
        super().publish(call)
        self.kept[call.repo][f"/files{call.rest}"] = call.request.body

    def answer(self, call: Call) -> Answer:
        answer = super().answer(call)
        return json_answer({"identifier": "s4ndb0x"}, 201) if answer.status == 201 else answer
