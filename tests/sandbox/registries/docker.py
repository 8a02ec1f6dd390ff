"""Debian's docker-registry with the sample image in every repository, and a Helm chart."""

import json
from pathlib import Path
from typing import ClassVar

import httpx

from sandbox import samples
from sandbox.faults import Answer, json_answer
from sandbox.registries.base import Call, Place
from sandbox.registries.child import ChildRegistry


class DockerRegistry(ChildRegistry):
    """Docker's API is at the top of the host, and a repository is a part of an image's name."""

    programs = ("docker-registry",)
    places = (
        *(Place(label, "v2/{org}/{repo}") for label in ("docker", "helm.oci")),
        *(Place(label, "v2") for label in ("docker", "helm.oci")),
    )
    packages: ClassVar = {"prod": ["app"], "dev": ["tools"]}

    def __init__(self, state: Path, version: str) -> None:
        config = state / "config.yml"

        def command(port: int) -> list[str]:
            storage = {"filesystem": {"rootdirectory": str(state / "storage")}, "redirect": {"disable": True}}
            http = {"addr": f"127.0.0.1:{port}"}
            settings = {"version": "0.1", "log": {"level": "error"}, "storage": storage, "http": http}
            config.write_text(json.dumps(settings))
            return ["docker-registry", "serve", str(config)]

        super().__init__(state, version, command)
        for repo, names in self.packages.items():
            for name in names:
                self._push(f"acme/{repo}/{name}", "1", samples.image())
        self._push("acme/prod/acme-hello", version, samples.chart_image("acme-hello", version))

    def answer(self, call: Call) -> Answer:
        if not call.repo:
            return json_answer({}, headers={"Docker-Distribution-Api-Version": "registry/2.0"})
        return self.forward(call.request, f"/v2/{call.org}/{call.repo}", call.rest, call.public)

    def _push(self, name: str, tag: str, image: samples.Image) -> None:
        for digest, content in image.blobs.items():
            location = self.publish("POST", f"/v2/{name}/blobs/uploads/").headers["Location"]
            self.publish("PUT", str(httpx.URL(location).copy_merge_params({"digest": digest})), content)
        self.publish("PUT", f"/v2/{name}/manifests/{tag}", image.manifest, image.media_type)
