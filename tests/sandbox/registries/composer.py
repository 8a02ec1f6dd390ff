"""A Composer repository: https://getcomposer.org/doc/05-repositories.md#composer ."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from sandbox.faults import Answer
from sandbox.registries.base import Call, Place, StaticRegistry
from sandbox.samples import GREETING, tarred

FILES = "https://files"
"""Stands for the URL where the archives are."""


class ComposerRegistry(StaticRegistry):
    """The archives of the repository at Cloudsmith's own host are at another host; those of others beside the index."""

    places = (Place("composer", "basic/{org}/{repo}"), Place("dl", "basic/{org}/{repo}/composer"))
    packages: ClassVar = {"prod": ["acme/hello"], "dev": ["acme/tools"]}

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        index = {}
        files = {}
        for name in packages:
            path = f"/{name}-{self.version}.tar.gz"
            package = {"name": name, "version": self.version, "autoload": {"files": ["hello.php"]}}
            code = f"<?php\nconst GREETING = {GREETING!r};\n"
            files[path] = tarred({"composer.json": json.dumps(package), "hello.php": code})
            dist = {"type": "tar", "url": f"{FILES}{path}"}
            index[name] = {self.version: package | {"dist": dist}}
        return files | {"/packages.json": json.dumps({"packages": index}).encode()}

    def answer(self, call: Call) -> Answer:
        elsewhere = call.public.replace("//composer.cloudsmith.io/", "//dl.cloudsmith.io/")
        files = call.public if elsewhere == call.public else f"{elsewhere}/composer"
        answer = super().answer(call)
        return replace(answer, body=answer.body.replace(FILES.encode(), files.encode()))
