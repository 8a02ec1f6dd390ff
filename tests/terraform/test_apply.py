"""OpenTofu applies the Terraform of `explain` and of the pages, with the vendor's provider, to the sandbox's API.

On request: the provider waits for seconds after each change. tests/clients/README.md says how to install it.
"""

import copy
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from needs import INSTALLED, need
from sandbox import Provider, Sandbox
from terraform.hcl import enter

PROVIDERS = INSTALLED.parent / "terraform-providers"
"""Where `tofu providers mirror` has put the vendor's provider."""
SECONDS = 240
OWNER = {"privilege": "Admin", "user": "jo-owner"}
TEAM = {"privilege": "Write", "team": "developers"}

pytestmark = [pytest.mark.on_request, pytest.mark.may_skip_in_ci, pytest.mark.timeout(3 * SECONDS)]


@dataclass(frozen=True)
class Tofu:
    """OpenTofu in a directory with a `main.tf`, as somebody with an API key."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command, which must end with that code, and return what it prints."""
        done = subprocess.run(
            ["tofu", *arguments, "-no-color"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.returncode == code, done.stdout
        return done.stdout


@pytest.fixture
def tofu(sandbox: Sandbox, text: str, tmp_path: Path, request: pytest.FixtureRequest) -> Tofu:
    """OpenTofu with a text, in a workspace without providers, in which a team has a privilege on `prod`."""
    need("tofu")
    if not PROVIDERS.exists():
        pytest.skip(f"the vendor's provider is not in {PROVIDERS}: see tests/clients/README.md")
    sandbox.cloudsmith.providers[sandbox.org] = []
    for slug in sandbox.repos:
        sandbox.repository(slug).privileges = [OWNER, TEAM]
    (tmp_path / "main.tf").write_text(text)
    configuration = tmp_path / "tofurc"
    configuration.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{PROVIDERS}"\n  }}\n}}\n')
    tofu = Tofu(
        tmp_path,
        {
            **sandbox.environment(),
            "PATH": f"{INSTALLED}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "TF_CLI_CONFIG_FILE": str(configuration),
            "CLOUDSMITH_API_HOST": f"{sandbox.api_url}/v1",
            "CLOUDSMITH_API_KEY": sandbox.api_key(),
        },
    )
    tofu.run("init")
    if request.config.getoption("--record"):
        program, provider = re.findall(r"(?m)^(?:OpenTofu|\+ provider \S+) v(\S+)", tofu.run("version"))
        version = f"{provider} with OpenTofu {program}"
        request.node.user_properties += [("client", "terraform-provider"), ("version", version), ("proves", "applies")]
    return tofu


def settings(sandbox: Sandbox) -> tuple[list[Provider], list[str], list[list[dict[str, str]]]]:
    """Return a copy of what is entered, in one order and without random names."""
    known = copy.deepcopy(sandbox.cloudsmith.workspaces)
    providers = sorted(known.providers[sandbox.org], key=lambda provider: provider.name)
    for provider in providers:
        provider.slug_perm = ""
    privileges = [sorted(known.privileges(sandbox.org, slug), key=str) for slug in sandbox.repos]
    return providers, sorted(known.accounts(sandbox.org)), privileges


def test_it_is_applied_and_removed(tofu: Tofu, text: str, sandbox: Sandbox) -> None:
    before = settings(sandbox)
    plan = tofu.run("plan")
    assert "developers" in "".join(re.findall(r"(?m)^ +- .*", plan)), "the plan must show which privilege is removed"
    assert settings(sandbox) == before

    tofu.run("apply", "-auto-approve")

    tofu.run("plan", "-detailed-exitcode")
    applied = settings(sandbox)
    keys = [key for key, account in sandbox.cloudsmith.workspaces.keys.items() if account.kind == "service"]
    assert keys
    assert not any(key in (tofu.folder / "terraform.tfstate").read_text() for key in keys)

    tofu.run("destroy", "-auto-approve")

    providers, accounts, privileges = settings(sandbox)
    assert (providers, accounts) == ([], [])
    assert [OWNER] in privileges
    enter(text, sandbox)
    assert applied == settings(sandbox)


def test_nobody_is_locked_out(tofu: Tofu, text: str) -> None:
    (tofu.folder / "main.tf").write_text(re.sub(r"(?m)^  user \{\n.*\n.*\n  \}\n", "", text))

    assert "'jo-owner' must be included" in tofu.run("plan", code=1)
