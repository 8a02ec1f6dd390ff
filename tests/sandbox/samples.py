"""The packages that the registries offer, made at start."""

import base64
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
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
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in (files | {f"{info}/RECORD": "\n".join(record) + "\n"}).items():
            archive.writestr(path, text)
    return target


def npm_publication(name: str, version: str) -> dict[str, Any]:
    """The document that `npm publish` sends for a package with one module."""
    manifest = {"name": name, "version": version, "main": "index.js"}
    tarball = tar_gz(
        {
            "package/package.json": json.dumps(manifest).encode(),
            "package/index.js": f"module.exports = {json.dumps(GREETING)};\n".encode(),
        }
    )
    file = f"{name.rpartition('/')[2]}-{version}.tgz"
    dist = {
        "integrity": "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode(),
        "shasum": hashlib.sha1(tarball, usedforsecurity=False).hexdigest(),
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
    return tar_gz({f"{name}/Chart.yaml": json.dumps(metadata).encode()})


@dataclass(frozen=True)
class Image:
    """A container image: its blobs by digest, and its manifest."""

    blobs: dict[str, bytes]
    manifest: bytes
    media_type: str = "application/vnd.docker.distribution.manifest.v2+json"


def image() -> Image:
    """An image with one layer, which holds one file."""
    layer = {"greeting.txt": f"{GREETING}\n".encode()}
    packed = tar_gz(layer)
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [_digest(gzip.decompress(packed))]},
        }
    ).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": Image.media_type,
        "config": _blob("application/vnd.docker.container.image.v1+json", config),
        "layers": [_blob("application/vnd.docker.image.rootfs.diff.tar.gzip", packed)],
    }
    return Image({_digest(config): config, _digest(packed): packed}, json.dumps(manifest).encode())


def chart_image(name: str, version: str) -> Image:
    """A Helm chart as an image (https://helm.sh/docs/topics/registries/)."""
    packed = chart(name, version)
    config = json.dumps({"apiVersion": "v2", "name": name, "version": version}).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": _blob("application/vnd.cncf.helm.config.v1+json", config),
        "layers": [_blob("application/vnd.cncf.helm.chart.content.v1.tar+gzip", packed)],
    }
    blobs = {_digest(config): config, _digest(packed): packed}
    return Image(blobs, json.dumps(manifest).encode(), str(manifest["mediaType"]))


def _blob(media_type: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "size": len(content), "digest": _digest(content)}


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _record_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def tar_gz(files: dict[str, bytes]) -> bytes:
    """Pack files by path."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
