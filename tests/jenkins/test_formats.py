"""One block with ten formats and their real clients, each of which reads and publishes as in tests/clients."""

import os
import shlex

import pytest

import needs
from clients.client import Client, clients
from jenkins.runs import Remains, Runs
from sandbox import Sandbox

NAMES = ["pip", "npm", "docker", "uv", "poetry", "twine", "yarn", "conan", "curl", "composer", "maven", "bundler"]
"""Ten formats and more: some clients read only, some publish only."""


def script(name: str, client: Client) -> str:
    """What a build does with a client, in a directory of its own."""
    steps = [f"mkdir {name} && cd {name}", "export HOME=$PWD"]
    for path, text in client.files.items():
        steps.append(f"mkdir -p {shlex.quote(os.path.dirname(path) or '.')}")  # noqa: PTH120 - of another machine
        steps.append(f"printf %s {shlex.quote(text)} >{shlex.quote(path)}")
    done = [f"({job})" for job in (client.read, client.publish) if job]
    return "\n".join(["(set -eu", *steps, *done, f"echo 'done: {name}')"])


def test_ten_formats_in_one_block(runs: Runs, packages: Sandbox, agent: dict[str, str]) -> None:
    if not agent["engine"]:
        pytest.skip("no Docker engine answers on the agent")
    chosen = {name: client for name, client in clients().items() if name in NAMES}
    for client in chosen.values():
        needs.need(client.program)
    packages.grant("Write")
    options = [client.settings(packages) for client in chosen.values()]
    variables: dict[str, str] = {}
    for client in chosen.values():
        variables |= client.environment(packages, runs.shared)
    settings = {
        **packages.environment(),
        **variables,
        "CLOUDSMITH_FORMATS": ",".join(dict.fromkeys(client.format for client in chosen.values())),
        **{
            name: ",".join(one[name] for one in options if name in one)
            for name in ("CLOUDSMITH_DOMAINS", "CLOUDSMITH_FORMAT_OPTIONS")
        },
    }
    file = runs.shared / "ten-formats.sh"
    file.write_text("\n".join(script(name, client) for name, client in chosen.items()))

    build = runs.on_node(
        f"""
        cloudsmithOidc {{ sh 'PATH={needs.INSTALLED}:$PATH sh {file}' }}
        sh 'env | cut -d= -f1 | sort'
        """,
        **settings,
    )

    assert build.result == "SUCCESS"
    assert [name for name in chosen if f"done: {name}" not in build.console] == []
    assert runs.remains(build).secrets == Remains().secrets
