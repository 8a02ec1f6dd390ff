"""A CRAN-like repository of source packages (R's documentation, `?available.packages`)."""

from collections.abc import Sequence
from typing import ClassVar

from sandbox.registries.base import Place, StaticRegistry
from sandbox.samples import GREETING, tarred


class CranRegistry(StaticRegistry):
    """R's package names have no `-`."""

    places = (Place("dl", "basic/{org}/{repo}/cran"),)
    packages: ClassVar = {"prod": ["acme.hello"], "dev": ["acme.tools"]}

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        files = {}
        for name in packages:
            about = f"Package: {name}\nVersion: {self.version}\nTitle: A Sample\nDescription: A sample.\nAuthor: acme\n"
            about += "Maintainer: acme <acme@example.com>\nLicense: none\n"
            source = {"DESCRIPTION": about, "NAMESPACE": "export(greeting)\n", "R/a.R": f'greeting <- "{GREETING}"\n'}
            packed = tarred({f"{name}/{path}": text for path, text in source.items()})
            files[f"/src/contrib/{name}_{self.version}.tar.gz"] = packed
        index = "\n".join(f"Package: {name}\nVersion: {self.version}\n" for name in packages)
        return files | {"/src/contrib/PACKAGES": index.encode()}
