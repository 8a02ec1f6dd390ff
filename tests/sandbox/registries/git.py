"""git http-backend, which Debian's git brings, with an index of pods (vendor's page cocoapods-repository)."""

import json
import os
import subprocess
from email.parser import BytesHeaderParser
from pathlib import Path
from urllib.parse import urlencode

from sandbox.faults import Answer
from sandbox.network import Request
from sandbox.registries.base import Call, Place, Registry

SECONDS = 60.0
WHO = {
    **{f"GIT_{role}_{what}": "sandbox" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class GitRegistry(Registry):
    """One bare repository for each repository; nobody can push."""

    programs = ("git",)
    places = (Place("dl", "basic/{org}/{repo}/cocoapods"),)

    def __init__(self, state: Path, version: str) -> None:
        super().__init__(state, version)
        for repo, names in self.packages.items():
            self._make(state / repo, {f"Specs/{name}/{version}/{name}.podspec.json": name for name in names})

    @classmethod
    def writes(cls, request: Request) -> bool:
        """Return whether it is a push: clients read with POST."""
        return request.path.endswith("/git-receive-pack")

    def answer(self, call: Call) -> Answer:
        request = call.request
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.state / call.repo),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": call.rest,
            "QUERY_STRING": urlencode(request.query),
            "REQUEST_METHOD": request.method,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        }
        said = subprocess.run(
            ["git", "http-backend"],
            input=request.body,
            env=WHO | environment,
            capture_output=True,
            check=True,
            timeout=SECONDS,
        ).stdout
        head, _, body = said.partition(b"\r\n\r\n")
        headers = dict(BytesHeaderParser().parsebytes(head).items())
        return Answer(int(headers.pop("Status", "200").split()[0]), body, headers)

    def _make(self, folder: Path, specs: dict[str, str]) -> None:
        for path, name in specs.items():
            (folder / "work" / path).parent.mkdir(parents=True)
            (folder / "work" / path).write_text(json.dumps({"name": name, "version": self.version}))
        for arguments in (
            ["init", "--quiet", "--initial-branch=master", "work"],
            ["-C", "work", "add", "."],
            ["-C", "work", "commit", "--quiet", "--message=Specs"],
            ["clone", "--quiet", "--bare", "work", "index.git"],
        ):
            subprocess.run(
                ["git", *arguments], cwd=folder, env=WHO | {"PATH": os.environ["PATH"]}, check=True, timeout=SECONDS
            )
