"""A Go module proxy: https://go.dev/ref/mod#goproxy-protocol ."""

import json
from collections.abc import Sequence
from typing import ClassVar

from sandbox.registries.base import Place, StaticRegistry
from sandbox.samples import GREETING, zipped


class GoRegistry(StaticRegistry):
    """Modules with one package each. Nothing can be published in Go's way."""

    places = (Place("golang", "{org}/{repo}"),)
    packages: ClassVar = {"prod": ["example.com/acme-hello"], "dev": ["example.com/acme-tools"]}

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        # Another major version would be another module.
        version = "v1." + self.version.partition(".")[2]
        files: dict[str, bytes] = {}
        for name in packages:
            module = f"module {name}\n\ngo 1.20\n"
            code = f'package hello\n\nconst Greeting = "{GREETING}"\n'
            base, root = f"/{name}/@v", f"{name}@{version}"
            files |= {
                f"{base}/list": f"{version}\n".encode(),
                f"{base}/{version}.info": json.dumps({"Version": version, "Time": "2026-01-01T00:00:00Z"}).encode(),
                f"{base}/{version}.mod": module.encode(),
                f"{base}/{version}.zip": zipped({f"{root}/go.mod": module, f"{root}/hello.go": code}),
            }
        return files
