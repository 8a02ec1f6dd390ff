"""The packages that the registries offer, and what packs them."""

import base64
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GREETING = "hello from the sandbox"
PACKAGES: Mapping[str, Sequence[str]] = {"prod": ["acme-hello"], "dev": ["acme-tools"]}
"""The packages of each repository, unless a registry says otherwise."""


def wheel(folder: Path, name: str, version: str) -> Path:
    """Write a wheel with one module, which prints a greeting when run with `python -m`."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}.py": f"GREETING = {GREETING!r}\n\nif __name__ == '__main__':\n    print(GREETING)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: sandbox\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [*(f"{path},sha256={_record_hash(text)},{len(text)}" for path, text in files.items()), f"{info}/RECORD,,"]
    target = folder / f"{module}-{version}-py3-none-any.whl"
    target.write_bytes(zipped(files | {f"{info}/RECORD": "\n".join(record) + "\n"}))
    return target


def npm_publication(name: str, version: str) -> dict[str, Any]:
    """The document that `npm publish` sends for a package with one module."""
    manifest = {"name": name, "version": version, "main": "index.js"}
    code = f"module.exports = {json.dumps(GREETING)};\n"
    tarball = tarred({"package/package.json": json.dumps(manifest), "package/index.js": code})
    file = f"{name.rpartition('/')[2]}-{version}.tgz"
    dist = {
        "integrity": "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode(),
        "shasum": digest(tarball, "sha1"),
        "tarball": f"http://127.0.0.1/{name}/-/{file}",
    }
    content = {"content_type": "application/octet-stream", "data": base64.b64encode(tarball).decode()}
    return {
        "_id": name,
        "name": name,
        "dist-tags": {"latest": version},
        "versions": {version: manifest | {"_id": f"{name}@{version}", "dist": dist}},
        "_attachments": {file: content | {"length": len(tarball)}},
    }


def chart(name: str, version: str) -> bytes:
    """A Helm chart without a template."""
    metadata = {"apiVersion": "v2", "name": name, "version": version}
    return tarred({f"{name}/Chart.yaml": json.dumps(metadata)})


@dataclass(frozen=True)
class Image:
    """A container image: its blobs by digest, its manifest, and the manifest's media type."""

    blobs: dict[str, bytes]
    manifest: bytes
    media_type: str


def image() -> Image:
    """Return an image with one layer, which holds one file."""
    layer = tarred({"greeting.txt": f"{GREETING}\n"})
    filesystem = {"type": "layers", "diff_ids": [f"sha256:{digest(gzip.decompress(layer))}"]}
    config = {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": filesystem}
    docker = "application/vnd.docker"
    kinds = (f"{docker}.container.image.v1+json", f"{docker}.image.rootfs.diff.tar.gzip")
    return _image(f"{docker}.distribution.manifest.v2+json", config, layer, kinds)


def chart_image(name: str, version: str) -> Image:
    """Return a Helm chart as an image (https://helm.sh/docs/topics/registries/)."""
    helm = "application/vnd.cncf.helm"
    kinds = (f"{helm}.config.v1+json", f"{helm}.chart.content.v1.tar+gzip")
    config = {"apiVersion": "v2", "name": name, "version": version}
    return _image("application/vnd.oci.image.manifest.v1+json", config, chart(name, version), kinds)


def _image(media_type: str, about: object, layer: bytes, kinds: tuple[str, str]) -> Image:
    config = json.dumps(about).encode()
    described = [
        {"mediaType": kind, "size": len(content), "digest": f"sha256:{digest(content)}"}
        for kind, content in zip(kinds, (config, layer), strict=True)
    ]
    manifest = {"schemaVersion": 2, "mediaType": media_type, "config": described[0], "layers": described[1:]}
    blobs = {f"sha256:{digest(content)}": content for content in (config, layer)}
    return Image(blobs, json.dumps(manifest).encode(), media_type)


def _record_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def digest(content: bytes, kind: str = "sha256") -> str:
    """Return a checksum in hexadecimal digits."""
    return hashlib.new(kind, content, usedforsecurity=False).hexdigest()


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive of files by path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def tarred(files: Mapping[str, str | bytes], pack: Callable[[bytes], bytes] = gzip.compress) -> bytes:
    """Return a tar archive of files by path, compressed."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, content in files.items():
            packed = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(path)
            entry.size = len(packed)
            archive.addfile(entry, io.BytesIO(packed))
    return pack(buffer.getvalue())


def member(archive: bytes, name: str) -> bytes:
    """Return the content of a file in a tar archive."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        file = tar.extractfile(name)
        assert file
        return file.read()
