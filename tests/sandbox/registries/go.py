"""A Go module proxy: https://go.dev/ref/mod#goproxy-protocol ."""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import ClassVar

from sandbox.registries.base import Place, StaticRegistry
from sandbox.samples import GREETING


class GoRegistry(StaticRegistry):
    """Modules with one package each. Nothing can be published in Go's way."""

    places = (Place("golang", "{org}/{repo}"),)
    packages: ClassVar = {"prod": ["example.com/acme-hello"], "dev": ["example.com/acme-tools"]}

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        # Another major version would be another module.
        version = "v1." + self.version.partition(".")[2]
        files: dict[str, bytes] = {}
        for name in packages:
            mod = f"module {name}\n\ngo 1.20\n".encode()
            archive = io.BytesIO()
            with zipfile.ZipFile(archive, "w") as packed:
                packed.writestr(f"{name}@{version}/go.mod", mod)
                packed.writestr(f"{name}@{version}/hello.go", f'package hello\n\nconst Greeting = "{GREETING}"\n')
            info = json.dumps({"Version": version, "Time": "2026-01-01T00:00:00Z"}).encode()
            base = f"/{name}/@v"
            files |= {
                f"{base}/list": f"{version}\n".encode(),
                f"{base}/{version}.info": info,
                f"{base}/{version}.mod": mod,
                f"{base}/{version}.zip": archive.getvalue(),
            }
        return files


REGISTRY = GoRegistry
