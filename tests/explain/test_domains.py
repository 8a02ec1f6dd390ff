"""The custom domains that the API lists, and whether the job uses those that it must use."""

import re
import shlex
from typing import Any

import pytest

from explain.worlds import Change, carefully, codes, explain, has_domains, report
from program import Cli
from sandbox import Sandbox, faults


@pytest.fixture(autouse=True)
def careful(sandbox: Sandbox) -> None:
    """The provider authorizes this job alone."""
    carefully(sandbox)


DOMAINS = has_domains(
    NATIVE_DOCKER__prod="docker-prod.acme.com",
    NATIVE_DOCKER__dev="docker-dev.acme.com",
    DOWNLOAD="dl.acme.com",
    NATIVE_DOCKER="docker.acme.com",
    NATIVE_GO="go.acme.com",
    NATIVE_HELM_OCI="charts.acme.com",
)
KEYS = {
    "docker:prod": "docker-prod.acme.com",
    "docker:dev": "docker-dev.acme.com",
    "dl": "dl.acme.com",
    "docker": "docker.acme.com",
    "golang": "go.acme.com",
    "helm.oci": "charts.acme.com",
}


def listed(found: dict[str, Any]) -> dict[str, str]:
    return {one["key"]: one["host"] for one in found["cloudsmith"]["domains"]}


def test_domains_are_listed_by_the_keys_of_the_option(cli: Cli) -> None:
    DOMAINS(cli.sandbox)

    assert listed(report(cli, key=cli.sandbox.api_key())) == KEYS
    cli.sandbox.cloudsmith.administration.max_page_size = 2
    assert listed(report(cli, key=cli.sandbox.api_key())) == KEYS


def test_option_to_paste_has_what_the_chosen_formats_can_use(cli: Cli) -> None:
    DOMAINS(cli.sandbox)

    text = explain(cli, key=cli.sandbox.api_key()).stdout.decode()

    assert all(f"\n  {key}={host} " in text for key, host in KEYS.items())
    (step,) = re.findall(r"(?m)^  step     domains: \[(.*)\]$", text)
    (command,) = re.findall(r"(?m)^  command  (.*)$", text)
    expected = {key: KEYS[key] for key in ("docker:prod", "dl", "docker", "helm.oci")}
    assert dict(re.findall(r"'([^']+)': '([^']+)'", step)) == expected
    assert cli.login(*shlex.split(command)).code == 0
    assert codes(report(cli, *shlex.split(command), key=cli.sandbox.api_key())) == []
    assert "--domain" not in explain(cli, *shlex.split(command), key=cli.sandbox.api_key()).stdout.decode()


USED: dict[str, tuple[dict[str, str], Change, bool]] = {
    "not used": ({}, DOMAINS, False),
    "both used": ({"CLOUDSMITH_DOMAINS": "docker=docker.acme.com,helm.oci=charts.acme.com"}, DOMAINS, True),
    "used for one repository": (
        {"CLOUDSMITH_DOMAINS": "docker:prod=docker-prod.acme.com,helm.oci=charts.acme.com"},
        DOMAINS,
        True,
    ),
    "another one used": ({"CLOUDSMITH_DOMAINS": "docker=other.acme.com"}, DOMAINS, False),
    "no Docker": ({"CLOUDSMITH_FORMATS": "pip"}, DOMAINS, True),
    "no domain of Docker": ({}, has_domains(DOWNLOAD="dl.acme.com", NATIVE_NPM="npm.acme.com"), True),
    "of another repository": ({}, has_domains(NATIVE_DOCKER__dev="dev.acme.com"), True),
    "of this repository": ({}, has_domains(NATIVE_DOCKER__prod="prod.acme.com"), False),
    "of any repository": ({"CLOUDSMITH_REPO": ""}, has_domains(NATIVE_DOCKER__dev="dev.acme.com"), False),
    "none": ({}, has_domains(), True),
}


@pytest.mark.parametrize("case", USED)
def test_domain_of_docker_must_be_used(cli: Cli, case: str) -> None:
    environment, change, fine = USED[case]
    change(cli.sandbox)

    found = report(cli, key=cli.sandbox.api_key(), **environment)

    assert set(codes(found)) == (set() if fine else {"domain-unused"})
    assert found["summary"]["exit_code"] == 0
    assert found["chain"][4]["state"] == ("doubt" if not fine else "ok")


TROUBLE = {
    "api-key-refused": faults.status(403),
    "cloudsmith-unread": faults.document({"results": {}}, 200),
}


@pytest.mark.parametrize("code", TROUBLE)
def test_domains_that_cannot_be_read_are_an_info(cli: Cli, code: str) -> None:
    cli.sandbox.faults.always("domains", TROUBLE[code])

    found = report(cli, key=cli.sandbox.api_key())

    assert [(one["code"], one["severity"]) for one in found["findings"]] == [(code, "info")]
    assert "the custom domains" in found["findings"][0]["found"]


def test_api_without_the_question_is_no_finding(cli: Cli) -> None:
    found = report(cli, key=cli.sandbox.api_key())

    assert codes(found) == []
    assert found["cloudsmith"]["domains"] == []
    assert "domains" in {request.endpoint for request in cli.sandbox.requests}


WELL: dict[str, Any] = {
    "domain_name": "docker.acme.com",
    "domain_type": "NATIVE_DOCKER",
    "domain_scope": "WORKSPACE",
    "repository": None,
}
ODD: dict[str, dict[str, Any]] = {
    "no host": {"domain_name": None},
    "a list of hosts": {"domain_name": ["docker.acme.com"]},
    "a host that ends the text": {"domain_name": "a.com', x: 'b"},
    "a path": {"domain_name": "docker.acme.com/acme"},
    "a user name": {"domain_name": "ci@docker.acme.com"},
    "a host with a control character": {"domain_name": "docker.acme.com\x1b[2J"},
    "a long host": {"domain_name": "a" * 100_000 + ".com"},
    "plain http": {"domain_name": "http://docker.acme.com"},
    "a type that is a number": {"domain_type": 6},
    "a type that is no word": {"domain_type": "NATIVE_'"},
    "uploads": {"domain_type": "UPLOAD"},
    "the API": {"domain_type": "CLOUDSMITH_API"},
    "no scope": {"domain_scope": None},
    "a scope that is a list": {"domain_scope": []},
    "everybody's": {"domain_scope": "GLOBAL"},
    "of no repository": {"domain_scope": "REPOSITORY"},
    "of a repository and of all": {"repository": "prod"},
    "a repository that is a number": {"domain_scope": "REPOSITORY", "repository": 7},
    "a repository that is no slug": {"domain_scope": "REPOSITORY", "repository": "a=b"},
}


@pytest.mark.parametrize("odd", ODD)
def test_domain_that_the_option_cannot_name_is_left_out(cli: Cli, odd: str) -> None:
    results: list[Any] = [7, None, [], WELL | ODD[odd], WELL | {"domain_type": "NATIVE_NPM"}]
    cli.sandbox.faults.always("domains", faults.document({"results": results}, 200))

    assert listed(report(cli, key=cli.sandbox.api_key())) == {"npm": "docker.acme.com"}


def test_preferred_domain_of_a_key_is_pasted_and_the_report_stays_short(cli: Cli) -> None:
    names = [f"docker{number}" for number in range(1_000)]
    results: list[Any] = [WELL | {"domain_name": f"{name}.acme.com"} for name in names]
    results += [
        one | {"domain_scope": "REPOSITORY", "repository": name} for one, name in zip(results, names, strict=True)
    ]
    cli.sandbox.faults.always("domains", faults.document({"results": results}, 200))

    text = explain(cli, key=cli.sandbox.api_key()).stdout.decode()
    assert "  command  --domain docker=docker0.acme.com\n" in text
    assert len(text) < 15_000

    cli.sandbox.faults.always("domains", faults.document({"results": results[::-1]}, 200))
    text = explain(cli, key=cli.sandbox.api_key(), CLOUDSMITH_REPO="").stdout.decode()
    assert "  command  --domain docker:docker950=docker950.acme.com" in text
    assert len(text) < 15_000
