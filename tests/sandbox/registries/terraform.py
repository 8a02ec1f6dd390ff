"""A registry of Terraform's modules: https://developer.hashicorp.com/terraform/internals/module-registry-protocol ."""

import re
from collections.abc import Sequence

from sandbox.faults import Answer, json_answer
from sandbox.network import Request
from sandbox.registries.base import NOT_FOUND, Call, Place, StaticRegistry
from sandbox.samples import GREETING, tarred

MODULES = "/v1/modules"


class TerraformRegistry(StaticRegistry):
    """The token names the workspace, unless it is the host's, and the repository. Archives are at another host."""

    places = (Place("terraform", ""), Place("dl", "basic/{org}/{repo}/terraform"))
    schemes = ("Basic", "Bearer")

    @classmethod
    def token(cls, request: Request, schemes: Sequence[str] = ()) -> str:
        return super().token(request, schemes).rpartition("/")[2]

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        module = f'output "greeting" {{\n  value = "{GREETING}"\n}}\n'.encode()
        return {f"/{name}-{self.version}.tar.gz": tarred({"main.tf": module}) for name in packages}

    def answer(self, call: Call) -> Answer:
        if call.place.label == "dl":
            return super().answer(call)
        if call.rest == "/.well-known/terraform.json":
            return json_answer({"modules.v1": f"{MODULES}/"})
        found = re.fullmatch(rf"{MODULES}/([^/]+)/([^/]+)/local/(?:versions|[^/]+/download)", call.rest)
        workspace = "" if call.org else "acme/"
        sent = call.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not found or not sent.startswith(f"{workspace}{found[1]}/"):
            return NOT_FOUND
        repo, name = found.groups()
        archive = f"/{name}-{self.version}.tar.gz"
        if archive not in self.kept.get(repo, {}):
            return NOT_FOUND
        if call.rest.endswith("/versions"):
            return json_answer({"modules": [{"versions": [{"version": self.version}]}]})
        return Answer(
            204, headers={"X-Terraform-Get": f"https://dl.cloudsmith.io/basic/acme/{repo}/terraform{archive}"}
        )
