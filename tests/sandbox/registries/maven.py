"""A Maven repository, which Maven, Gradle and sbt share: https://maven.apache.org/repositories/layout.html ."""

from collections.abc import Sequence

from sandbox.registries.base import Place, StaticRegistry
from sandbox.samples import GREETING, digest, zipped

GROUP = "com.acme"
JAR = {"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n", "greeting.txt": GREETING}


class MavenRegistry(StaticRegistry):
    """Packages are sent to the host `maven` and read from `dl`."""

    places = (Place("dl", "basic/{org}/{repo}/maven"), Place("maven", "{org}/{repo}"))

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for name in packages:
            place = f"/{GROUP.replace('.', '/')}/{name}"
            artifact = f"{place}/{self.version}/{name}-{self.version}"
            names = f"<groupId>{GROUP}</groupId><artifactId>{name}</artifactId>"
            versions = f"<release>{self.version}</release><versions><version>{self.version}</version></versions>"
            project = f"<modelVersion>4.0.0</modelVersion>{names}<version>{self.version}</version>"
            found[f"{place}/maven-metadata.xml"] = _xml("metadata", f"{names}<versioning>{versions}</versioning>")
            found[f"{artifact}.pom"] = _xml("project", project)
            found[f"{artifact}.jar"] = zipped(JAR)
        return found | {f"{path}.sha1": digest(content, "sha1").encode() for path, content in found.items()}


def _xml(root: str, content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{content}</{root}>\n'.encode()
