"""conan_server, which Conan's makers have for this."""

import json
import re
import shutil
from hashlib import md5
from pathlib import Path

from needs import INSTALLED, lacking
from sandbox.faults import Answer, json_answer
from sandbox.registries.base import NOT_FOUND, Call, Place
from sandbox.registries.child import ChildRegistry

PYTHON = "python-conan-server"
SERVE = """
import sys
from conans.server.launcher import ServerLauncher
ServerLauncher(server_dir=sys.argv[1]).server.run(host="127.0.0.1", port=int(sys.argv[2]))
"""
CONFIGURATION = """[server]
port: 0
jwt_secret: none
jwt_expire_minutes: 120
authorize_timeout: 1800
disk_storage_path: ./data
disk_authorize_timeout: 1800
updown_secret: none
[write_permissions]
*/*@*/*: *
[read_permissions]
*/*@*/*: *
[users]
"""
RECIPE = """
from conan import ConanFile
from conan.tools.files import save

class Acme(ConanFile):
    name = "{name}"
    version = "{version}"

    def package(self):
        save(self, f"{{self.package_folder}}/{{self.name}}.txt", self.version)
"""


class ConanRegistry(ChildRegistry):
    """One server holds the packages of all repositories, so that this one looks whose are asked for."""

    places = (Place("conan", "{org}/{repo}"),)
    schemes = ("Basic", "Bearer")

    def __init__(self, state: Path, version: str) -> None:
        (state / "server.conf").write_text(CONFIGURATION)
        self._published: dict[str, set[str]] = {repo: set() for repo in self.packages}
        super().__init__(state, version, lambda port: [_python(), "-c", SERVE, str(state), str(port)])
        for names in self.packages.values():
            for name in names:
                self._upload(name, RECIPE.format(name=name, version=version).encode())

    @classmethod
    def missing(cls) -> str:
        return lacking(PYTHON)

    def answer(self, call: Call) -> Answer:
        known = {*self.packages[call.repo], *self._published[call.repo]}
        if call.rest.startswith("/v2/users/"):
            # To `authenticate`, what the client sends from now on, as Bearer; to `check_credentials`, whatever it is.
            return Answer(200, self.token(call.request).encode())
        if call.rest.endswith("/conans/search"):
            answer = self.forward(call.request, "", call.rest, call.public)
            found = json.loads(answer.body)["results"]
            return json_answer({"results": [reference for reference in found if reference.split("/")[0] in known]})
        found = re.match(r"/v2/conans/([^/]+)/", call.rest)
        if found and call.request.method == "PUT":
            self._published[call.repo].add(found[1])
        elif found and found[1] not in known:
            return NOT_FOUND
        return self.forward(call.request, "", call.rest, call.public)

    def _upload(self, name: str, recipe: bytes) -> None:
        digest = md5(recipe, usedforsecurity=False).hexdigest()
        files = f"/v2/conans/{name}/{self.version}/_/_/revisions/{digest}/files"
        self.publish("PUT", f"{files}/conanfile.py", recipe)
        self.publish("PUT", f"{files}/conanmanifest.txt", f"1700000000\nconanfile.py: {digest}\n".encode())


def _python() -> str:
    """The Python that has the server."""
    return shutil.which(PYTHON, path=str(INSTALLED)) or ""


REGISTRY = ConanRegistry
