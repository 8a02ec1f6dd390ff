"""A Debian repository without a signature (https://wiki.debian.org/DebianRepository/Format)."""

from collections.abc import Sequence

from sandbox.registries.base import Place, StaticRegistry
from sandbox.samples import GREETING, digest, tarred

ARCHITECTURES = ("amd64", "arm64")


class DebRegistry(StaticRegistry):
    """Packages for every architecture, for Debian bookworm."""

    places = (Place("dl", "basic/{org}/{repo}/deb/debian"),)

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        pool, index = {}, ""
        for name in packages:
            about = f"Package: {name}\nVersion: {self.version}\nArchitecture: all\nMaintainer: acme\n"
            path, content = f"pool/{name}_{self.version}_all.deb", _package(name, about)
            pool[f"/{path}"] = content
            index += f"{about}Filename: {path}\nSize: {len(content)}\nSHA256: {digest(content)}\n\n"
        lists = {f"main/binary-{architecture}/Packages": index.encode() for architecture in ARCHITECTURES}
        release = f"Codename: bookworm\nComponents: main\nArchitectures: {' '.join(ARCHITECTURES)}\nSHA256:\n"
        release += "".join(f" {digest(text)} {len(text)} {path}\n" for path, text in lists.items())
        return pool | {
            f"/dists/bookworm/{path}": text for path, text in ({"Release": release.encode()} | lists).items()
        }


def _package(name: str, about: str) -> bytes:
    """Pack a file with the greeting: an ar archive of two tar archives (deb(5))."""
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": tarred({"./control": f"{about}Description: a sample\n"}),
        "data.tar.gz": tarred({f"./usr/share/{name}/greeting": GREETING}),
    }
    packed = b"!<arch>\n"
    for member, content in members.items():
        packed += f"{member:16}{0:<12}{0:<6}{0:<6}{'100644':8}{len(content):<10}`\n".encode()
        packed += content + b"\n" * (len(content) % 2)
    return packed
