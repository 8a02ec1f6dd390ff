"""conan_server, which Conan's makers have for this."""

import json
import re
import shutil
from pathlib import Path

from needs import INSTALLED
from sandbox import samples
from sandbox.faults import Answer, json_answer
from sandbox.registries.base import Call, Place
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
    """Conan's recipes, which the client builds itself."""

    programs = (PYTHON,)
    places = (Place("conan", "{org}/{repo}"),)
    schemes = ("Basic", "Bearer")

    def __init__(self, state: Path, version: str) -> None:
        (state / "server.conf").write_text(CONFIGURATION)
        python = shutil.which(PYTHON, path=str(INSTALLED)) or ""
        super().__init__(state, version, lambda port: [python, "-c", SERVE, str(state), str(port)])
        for name in [name for names in self.packages.values() for name in names]:
            self._upload(name, RECIPE.format(name=name, version=version).encode())

    def answer(self, call: Call) -> Answer:
        if call.rest.startswith("/v2/users/"):
            # The client sends the answer to `authenticate` as Bearer from then on, and ignores that to the other.
            return Answer(200, self.token(call.request).encode())
        if call.rest.endswith("/conans/search"):
            answer = self.forward(call.request, "", call.rest, call.public)
            found = json.loads(answer.body)["results"]
            shown = [reference for reference in found if reference.split("/")[0] in self._known[call.repo]]
            return json_answer({"results": shown})
        return super().answer(call)

    def package(self, call: Call) -> str | None:
        found = re.match(r"/v2/conans/(?!search)([^/]+)/", call.rest)
        return found[1] if found else None

    def _upload(self, name: str, recipe: bytes) -> None:
        digest = samples.digest(recipe, "md5")
        files = f"/v2/conans/{name}/{self.version}/_/_/revisions/{digest}/files"
        self.publish("PUT", f"{files}/conanfile.py", recipe)
        self.publish("PUT", f"{files}/conanmanifest.txt", f"1700000000\nconanfile.py: {digest}\n".encode())
