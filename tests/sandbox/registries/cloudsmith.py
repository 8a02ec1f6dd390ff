"""The part of Cloudsmith's API that its own command line asks to find, download and upload packages.

Paths and fields are those that cloudsmith-api 2.0 knows. A file that is downloaded is what the registry `python` has.
"""

import json
from collections.abc import Sequence

from sandbox.faults import Answer, json_answer
from sandbox.registries.base import NOT_FOUND, Call, Place, StaticRegistry

FILES, PACKAGES = Place("api", "files/{org}/{repo}"), Place("api", "packages/{org}/{repo}")
ONE_PAGE = {f"X-Pagination-{name}": "1" for name in ("Count", "Page", "PageSize", "PageTotal")}
UPLOAD = {
    "identifier": "1",
    # A place of its own, for which no login is needed: here the public registry, which forgets what it gets.
    "upload_url": "https://public.example.com/cloudsmith/upload",
    "upload_fields": {},
}


class CloudsmithRegistry(StaticRegistry):
    """Keeps only the names of packages, as `/PACKAGE`."""

    places = (PACKAGES, FILES)
    schemes = ("X-Api-Key",)

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        return {f"/{name}": b"" for name in packages}

    def answer(self, call: Call) -> Answer:
        kept = self.kept[call.repo]
        if call.request.method == "POST":
            return self._post(call, kept)
        if call.rest == "/":
            wanted = call.request.query.get("query", "").partition("name:")[2]
            return json_answer([self._package(call, path[1:]) for path in kept if wanted in path], headers=ONE_PAGE)
        name = call.rest.strip("/")
        return json_answer(self._package(call, name)) if f"/{name}" in kept else NOT_FOUND

    def _post(self, call: Call, kept: dict[str, bytes]) -> Answer:
        if call.place == FILES and call.rest == "/":
            return json_answer(UPLOAD, 201)
        if call.rest == "/upload/raw/":
            name = json.loads(call.request.body)["name"]
            kept[f"/{name}"] = b""
            return json_answer(self._package(call, name), 201)
        return json_answer({})

    def _package(self, call: Call, name: str) -> dict[str, object]:
        file = f"{name.replace('-', '_')}-{self.version}-py3-none-any.whl"
        url = f"https://dl.cloudsmith.io/basic/{call.org}/{call.repo}/python/packages/{file}"
        about = {"name": name, "version": self.version, "format": "python", "slug": name, "slug_perm": name}
        return about | {"filename": file, "cdn_url": url, "size": 0}
