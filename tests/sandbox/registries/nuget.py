"""A NuGet feed of version 2 (https://learn.microsoft.com/nuget/api/overview), which is all that Debian's NuGet reads.

It is at the URL of the format nuget, where Cloudsmith has one of version 3.
"""

from collections.abc import Sequence
from dataclasses import replace

from sandbox.faults import Answer
from sandbox.registries.base import Call, Place, StaticRegistry
from sandbox.samples import GREETING, zipped

_ENTRY = """<entry xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<id>urn:{0}</id><title>{0}</title><content type="application/zip" src="{0}.nupkg"/>
<m:properties><d:Version>{1}</d:Version></m:properties></entry>
"""
_SPEC = """<package><metadata><id>{0}</id><version>{1}</version><authors>Acme</authors>
<description>{0}</description></metadata></package>
"""
_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="nuspec" ContentType="application/octet"/><Default Extension="txt" ContentType="text/plain"/></Types>
"""
_MANIFEST = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="R0" Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/{0}.nuspec"/>
</Relationships>
"""


class NugetRegistry(StaticRegistry):
    """Packages with one file, each in one version."""

    places = (Place("nuget", "{org}/{repo}/v3/index.json"),)

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        files = {"": b"feed"}
        for name in packages:
            entry = f"/Packages(Id=%27{name}%27,Version=%27{self.version}%27)"
            files[entry] = _ENTRY.format(name, self.version).encode()
            files[f"/{name}.nupkg"] = _package(name, self.version)
        return files

    def answer(self, call: Call) -> Answer:
        return replace(super().answer(call), headers={"Content-Type": "application/atom+xml"})


def _package(name: str, version: str) -> bytes:
    """A package is an archive of the Open Packaging Conventions, whose manifest is a relationship."""
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _MANIFEST.format(name),
            f"{name}.nuspec": _SPEC.format(name, version),
            "content/hello.txt": f"{GREETING}\n",
        }
    )
