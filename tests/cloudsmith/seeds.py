"""The packages that the clients' scripts read, published to the hosts of their formats as those formats' clients do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sandbox import samples
from sandbox.registries.maven import MavenRegistry

NAME, VERSION = "acme-hello", "1.0.0"


class Seed(NamedTuple):
    """One request that publishes, how it sends the token, and the URL at which readers find the package then.

    The URLs name the repository as `{repo}`; `body` has arguments of `httpx.request`. With `package`, a path of the API
    that also needs the file's identifier makes a package of an uploaded file.
    """

    method: str
    url: str
    read: str
    way: str
    body: Mapping[str, Any]
    package: str = ""


def seeds(kind: str, folder: Path) -> list[Seed]:
    """Return what the readers of a kind of package need: "maven", "npm", "raw" or "python"."""
    if kind == "maven":
        up, down = "https://maven.cloudsmith.io/{repo}", "https://dl.cloudsmith.io/basic/{repo}/maven"
        files = MavenRegistry(folder, VERSION).files([NAME])
        paths = [path for path in files if "metadata" not in path]
        return [Seed("PUT", up + path, down + path, "Basic", {"content": files[path]}) for path in paths]
    if kind == "npm":
        documents = {
            f"https://npm.cloudsmith.io/{{repo}}/{quote(name, safe='@')}": samples.npm_publication(name, VERSION)
            for name in (NAME, "@acme/hello")
        }
        return [Seed("PUT", url, url, "Bearer", {"json": document}) for url, document in documents.items()]
    if kind == "raw":
        read = f"https://dl.cloudsmith.io/basic/{{repo}}/raw/files/{NAME}.txt"
        url, body = f"https://upload.cloudsmith.io/{{repo}}/{NAME}.txt", {"content": b"hello\n"}
        return [Seed("PUT", url, read, "Basic", body, "/packages/{repo}/upload/raw/")]
    wheel = samples.wheel(folder, NAME, VERSION)
    form = {":action": "file_upload", "protocol_version": "1", "metadata_version": "2.1", "filetype": "bdist_wheel"}
    form |= {"name": NAME, "version": VERSION, "pyversion": "py3"}
    content = {"content": (wheel.name, wheel.read_bytes())}
    read = f"https://dl.cloudsmith.io/basic/{{repo}}/python/simple/{NAME}/"
    return [Seed("POST", "https://python.cloudsmith.io/{repo}/", read, "Basic", {"data": form, "files": content})]
