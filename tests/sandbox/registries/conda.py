"""A conda channel: https://docs.conda.io/projects/conda-build/en/stable/concepts/generating-index.html ."""

import bz2
import json
from collections.abc import Sequence

from sandbox.registries.base import Place, StaticRegistry
from sandbox.samples import GREETING, digest, tarred


class CondaRegistry(StaticRegistry):
    """Packages of the old form, .tar.bz2, each with one file."""

    places = (Place("conda", "{org}/{repo}"),)

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        index = {}
        for name in packages:
            about = {"name": name, "version": self.version, "build": "0", "build_number": 0, "depends": []}
            about |= {"subdir": "noarch", "noarch": "generic"}
            archive = _archive(name, about)
            file = f"{name}-{self.version}-0.tar.bz2"
            digests = {kind: digest(archive, kind) for kind in ("md5", "sha256")}
            index[file] = about | digests | {"size": len(archive)}
            files[f"/noarch/{file}"] = archive
        for subdir, known in (("noarch", index), ("linux-64", {})):
            files[f"/{subdir}/repodata.json"] = json.dumps({"info": {"subdir": subdir}, "packages": known}).encode()
        return files


def _archive(name: str, about: dict[str, object]) -> bytes:
    path, text = f"share/{name}.txt", f"{GREETING}\n".encode()
    entry = {"_path": path, "path_type": "hardlink", "sha256": digest(text)}
    paths = {"paths_version": 1, "paths": [entry | {"size_in_bytes": len(text)}]}
    return tarred(
        {"info/index.json": json.dumps(about), "info/paths.json": json.dumps(paths), path: text}, bz2.compress
    )
