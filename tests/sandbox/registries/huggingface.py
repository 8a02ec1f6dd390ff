"""The part of Hugging Face's hub that `hf download` and `hf upload` ask: https://huggingface.co/docs/hub/api ."""

import base64
import json
import re
from collections.abc import Sequence

from sandbox.faults import Answer, json_answer
from sandbox.registries.base import NOT_FOUND, Call, Place, StaticRegistry
from sandbox.samples import GREETING, digest

COMMIT = "0" * 40


class HuggingFaceRegistry(StaticRegistry):
    """Models with one commit each, in the one namespace `acme`. Files are kept as `/acme/MODEL/FILE`."""

    places = (Place("huggingface", "{org}/{repo}"),)
    schemes = ("Bearer",)

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        return {f"/acme/{name}/config.json": json.dumps({"greeting": GREETING}).encode() for name in packages}

    def answer(self, call: Call) -> Answer:
        if found := re.fullmatch(r"(/acme/[^/]+)/resolve/[^/]+(/.+)", call.rest):
            content = self.kept[call.repo].get("".join(found.groups()))
            if content is None:
                return NOT_FOUND
            return Answer(body=content, headers={"X-Repo-Commit": COMMIT, "ETag": f'"{digest(content, "sha1")}"'})
        if found := re.fullmatch(r"/api/models(/acme/[^/]+)(/.*)?", call.rest):
            return self._model(call, found[1], found[2] or "")
        if call.rest == "/api/repos/create":
            return json_answer({"url": f"{call.public}/acme/{json.loads(call.request.body)['name']}"})
        return NOT_FOUND

    def _model(self, call: Call, model: str, rest: str) -> Answer:
        kept = self.kept[call.repo]
        if rest.startswith("/preupload/"):
            asked = json.loads(call.request.body)["files"]
            files = [{"path": file["path"], "uploadMode": "regular", "shouldIgnore": False} for file in asked]
            return json_answer({"files": files})
        if rest.startswith("/commit/"):
            for line in map(json.loads, call.request.body.splitlines()):
                if line["key"] == "file":
                    kept[f"{model}/{line['value']['path']}"] = base64.b64decode(line["value"]["content"])
            url = f"{call.public}{model}/commit/{COMMIT}"
            return json_answer({"commitUrl": url, "commitOid": COMMIT, "hookOutput": ""})
        names = [path.removeprefix(f"{model}/") for path in kept if path.startswith(f"{model}/")]
        if not names:
            return NOT_FOUND
        if rest.startswith("/tree/"):
            return json_answer([_entry(name, kept[f"{model}/{name}"]) for name in names])
        siblings = [{"rfilename": name, "size": len(kept[f"{model}/{name}"])} for name in names]
        return json_answer({"id": model[1:], "modelId": model[1:], "sha": COMMIT, "siblings": siblings})


def _entry(name: str, content: bytes) -> dict[str, object]:
    return {"type": "file", "path": name, "size": len(content), "oid": digest(content, "sha1")}
