"""A signed Hex repository and its publishing (https://github.com/hexpm/specifications)."""

import base64
import gzip
import hashlib
import re
from collections.abc import Sequence
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.faults import Answer
from sandbox.keys import rsa_key
from sandbox.registries.base import Call, Place, StaticRegistry
from sandbox.samples import GREETING, member, tarred

EMPTY_MAP = bytes([131, 116, 0, 0, 0, 0])
"""In Erlang's external term format, which Hex takes for an answer."""
KEY = rsa_key()
PUBLIC_KEY = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


class HexRegistry(StaticRegistry):
    """Each repository calls itself by its Cloudsmith name. Hex sends the token as it is."""

    places = (Place("hex", "{org}/{repo}"),)
    schemes = ("",)
    packages: ClassVar = {"prod": ["acme_hello"], "dev": ["acme_tools"]}

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        repo = next(repo for repo, names in self.packages.items() if list(names) == list(packages))
        files = {}
        for name in packages:
            inner, tarball = _tarball(name, self.version)
            outer = hashlib.sha256(tarball).digest()
            release = _bytes(1, self.version.encode()) + _bytes(2, inner) + _bytes(5, outer)
            package = _bytes(1, release) + _bytes(2, name.encode()) + _bytes(3, repo.encode())
            signed = _bytes(1, package) + _bytes(2, KEY.sign(package, PKCS1v15(), SHA512()))
            files[f"/packages/{name}"] = gzip.compress(signed)
            files[f"/tarballs/{name}-{self.version}.tar"] = tarball
        return files

    def answer(self, call: Call) -> Answer:
        answer = super().answer(call)
        if call.request.method == "POST":
            return Answer(201, EMPTY_MAP, {"Content-Type": "application/vnd.hex+erlang"})
        return answer

    def publish(self, call: Call) -> None:
        """Keep a package where readers get it; its name and version are in its metadata."""
        metadata = member(call.request.body, "metadata.config").decode()
        about = dict(re.findall(r'\{<<"(app|version)">>,<<"(.*?)">>\}', metadata))
        self.kept[call.repo][f"/tarballs/{about['app']}-{about['version']}.tar"] = call.request.body


def _bytes(field: int, content: bytes) -> bytes:
    """Encode a field of a protocol buffer that has a length."""
    length, size = len(content), b""
    while length > 127:
        size += bytes([length & 127 | 128])
        length >>= 7
    return bytes([field << 3 | 2]) + size + bytes([length]) + content


def _tarball(name: str, version: str) -> tuple[bytes, bytes]:
    """Return a package's inner checksum and the package."""
    app = f'{{application, {name}, [{{vsn, "{version}"}}]}}.\n'
    mix = f'def project, do: [app: :{name}, version: "{version}"]'
    mix = f"defmodule Acme.MixProject do\n  use Mix.Project\n  {mix}\nend\n"
    contents = tarred({"mix.exs": mix, f"src/{name}.app.src": app, "greeting": GREETING})
    metadata = f'{{<<"app">>,<<"{name}">>}}.\n{{<<"name">>,<<"{name}">>}}.\n{{<<"version">>,<<"{version}">>}}.\n'
    metadata += '{<<"requirements">>,[]}.\n{<<"build_tools">>,[<<"mix">>]}.\n{<<"files">>,[<<"mix.exs">>]}.\n'
    inner = hashlib.sha256(b"3" + metadata.encode() + contents).digest()
    members: dict[str, str | bytes] = {"VERSION": "3", "CHECKSUM": inner.hex().upper()}
    members |= {"metadata.config": metadata, "contents.tar.gz": contents}
    return inner, tarred(members, bytes)
