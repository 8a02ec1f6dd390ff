"""The Terraform of `explain` and of the pages has the arguments of the vendor's provider, and only resolved references.

`test_apply.py` applies it with the provider itself, which not every machine has.
"""

import json
import re

import pytest

from explain.worlds import report
from pages import example
from program import Cli
from terraform.hcl import Block, blocks

ARGUMENTS = {
    "cloudsmith_service": ({"name", "organization"}, {"store_api_key"}),
    "cloudsmith_oidc": ({"claims", "enabled", "name", "namespace", "provider_url"}, {"service_accounts"}),
    "cloudsmith_repository_privileges": ({"organization", "repository"}, {"user", "service", "for_each"}),
    "cloudsmith_user_self": (set[str](), set[str]()),
}
"""Of each type, the arguments that it requires, and further ones: terraform-provider-cloudsmith 0.0.82."""


def resources(text: str) -> dict[str, Block]:
    """Return the resources and data sources by the name under which others refer to them."""
    found = {name: block for name, block in blocks(text).items() if name.partition(".")[0] in {"resource", "data"}}
    assert all(len(same) == 1 for same in found.values())
    return {name.removeprefix("resource."): block for name, [block] in found.items()}


def test_arguments_are_those_of_the_provider(text: str) -> None:
    for name, block in resources(text).items():
        required, further = ARGUMENTS[name.split(".")[-2]]
        assert required <= block.keys() <= required | further, name


def test_references_are_resolved(text: str) -> None:
    used = set(re.findall(r"(?m)(?<!import )\b((?:data\.)?cloudsmith_\w+\.\w+)", text))

    assert used
    assert used <= resources(text).keys()


def test_nothing_permanent_is_stored_and_nobody_is_locked_out(text: str) -> None:
    known = resources(text)
    [privileges] = [block for name, block in known.items() if "_privileges." in name]
    [owner] = [name for name in known if name.startswith("data.cloudsmith_user_self.")]

    assert all(block["store_api_key"] is False for name, block in known.items() if "_service." in name)
    assert privileges["user"] == [{"privilege": "Admin", "slug": f"{owner}.slug"}]
    assert len(blocks(text)["import"]) == 1


def test_page_has_the_text_of_explain(cli: Cli) -> None:
    printed = report(cli, "--no-exchange", "--repo", "prod")["provider"]["terraform"]

    assert example("administrator.md", "cloudsmith.tf") == printed


@pytest.mark.parametrize(("arguments", "privilege"), [((), "Read"), (("--write",), "Write")])
def test_privilege_is_the_one_that_was_asked_for(cli: Cli, arguments: tuple[str, ...], privilege: str) -> None:
    text = report(cli, "--no-exchange", "--repo", "prod", *arguments)["provider"]["terraform"]

    [granted] = resources(text)["cloudsmith_repository_privileges.jenkins"]["service"]
    assert granted["privilege"] == privilege


def test_without_a_repository_there_are_no_privileges(cli: Cli) -> None:
    text = report(cli, "--no-exchange", CLOUDSMITH_REPO="")["provider"]["terraform"]

    assert resources(text).keys() == {"cloudsmith_service.jenkins", "cloudsmith_oidc.jenkins"}


def test_text_is_quoted(cli: Cli) -> None:
    hostile = 'https://jenkins.example.com/job/"${x}%{y}/'

    text = report(cli, "--no-exchange", token=cli.sandbox.mint(sub=hostile))["provider"]["terraform"]

    assert json.dumps(hostile).replace("${", "$${").replace("%{", "%%{") in text
