"""What is in a Terraform text of `explain` or of a page, and what applying it enters in Cloudsmith."""

import json
import re
from typing import Any

from sandbox import Provider, Sandbox

Block = dict[str, Any]
TYPES = ("oidc", "repository_privileges")


def blocks(text: str) -> Block:
    """Return a text's blocks by type and labels, such as `resource.cloudsmith_oidc.jenkins`, each in a list.

    A block has its arguments, and its own blocks likewise. A value that is not JSON, such as a reference, is text.
    """
    path: list[Block] = [{}]
    for line in filter(None, (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines())):
        name, equals, value = map(str.strip, line.partition(" = "))
        if line == "}":
            path.pop()
        elif equals:
            path[-1][name.strip('"')] = argument = {} if value == "{" else _value(value)
            path += [argument] if value == "{" else []
        else:
            header, _, rest = line.partition(" {")
            path[-1].setdefault(header.replace('"', "").replace(" ", "."), []).append(block := Block())
            path += [] if rest == "}" else [block]
    (whole,) = path
    return whole


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def enter(text: str, sandbox: Sandbox) -> None:
    """Enter what a text has in place of all providers, and in place of the privileges on its repositories.

    The API key that it is applied with is that of an Owner.
    """
    whole = {name: block for name, found in blocks(text).items() for block in found}
    slugs = {f"{name.removeprefix('resource.')}.slug": block.get("name", "jo-owner") for name, block in whole.items()}
    of_type = {kind: [block for name, block in whole.items() if f".cloudsmith_{kind}." in name] for kind in TYPES}
    sandbox.cloudsmith.providers[sandbox.org] = [
        Provider(
            issuer=block["provider_url"],
            claims=block["claims"],
            services={slugs[block["service_accounts"].strip("[]")]},
            name=block["name"],
            enabled=block["enabled"],
        )
        for block in of_type["oidc"]
    ]
    for block in of_type["repository_privileges"]:
        privileges = [
            {"privilege": given["privilege"], kind: slugs[given["slug"]]}
            for kind in ("user", "service")
            for given in block[kind]
        ]
        repositories = whole["locals"]["repositories"] if "for_each" in block else f'"{block["repository"]}"'
        for slug in re.findall(r'"(.*?)"', repositories):
            sandbox.repository(slug).privileges = privileges
