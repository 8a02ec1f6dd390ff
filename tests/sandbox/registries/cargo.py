"""A Cargo registry with a sparse index: https://doc.rust-lang.org/cargo/reference/registry-index.html ."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.faults import Answer, json_answer
from sandbox.registries.base import Call, Place, StaticRegistry
from sandbox.samples import GREETING, digest, tarred


class CargoRegistry(StaticRegistry):
    """Index, crates and API are all below the repository's URL."""

    places = (Place("cargo", "{org}/{repo}"),)
    schemes = ("Bearer",)

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        for name in packages:
            manifest = f'[package]\nname = "{name}"\nversion = "{self.version}"\nedition = "2021"\n'
            code = f'pub const GREETING: &str = "{GREETING}";\n'
            folder = f"{name}-{self.version}"
            crate = tarred({f"{folder}/Cargo.toml": manifest, f"{folder}/src/lib.rs": code})
            files |= _entry({"name": name, "vers": self.version}, crate)
        return files

    def answer(self, call: Call) -> Answer:
        if call.rest == "/config.json":
            login = {"auth-required": True} if call.request.headers.get("Authorization") else {}
            return json_answer({"dl": f"{call.public}/crates", "api": call.public} | login)
        if call.request.method == "PUT":
            self.publish(call)
            return json_answer({})
        return super().answer(call)

    def publish(self, call: Call) -> None:
        """Take what `cargo publish` sends: metadata and the crate, each after its length."""
        rest, parts = call.request.body, []
        while rest:
            length = 4 + int.from_bytes(rest[:4], "little")
            parts.append(rest[4:length])
            rest = rest[length:]
        metadata, crate = parts
        self.kept[call.repo] |= _entry(json.loads(metadata), crate)


def _entry(metadata: Mapping[str, Any], crate: bytes) -> dict[str, bytes]:
    name, version = metadata["name"], metadata["vers"]
    line = {"name": name, "vers": version, "deps": [], "features": {}, "yanked": False}
    line["cksum"] = digest(crate)
    return {
        f"/{name[:2]}/{name[2:4]}/{name}": json.dumps(line).encode() + b"\n",
        f"/crates/{name}/{version}/download": crate,
    }
