"""What an administrator enters: in Cloudsmith's provider form or Terraform, and in Jenkins' configuration as code.

Sources: Cloudsmith documentation, "OpenID Connect" (the form), and announcement of 2024-09-20 (wildcards in claims);
cloudsmith-io/terraform-provider-cloudsmith, docs/resources/oidc.md (`cloudsmith_oidc`);
jenkinsci/oidc-provider-plugin, `IdTokenStringCredentials` (symbol `idToken`) and `IdTokenConfiguration`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudsmith_oidc.redaction import redact

WILDCARDS = (
    "A value may end in a wildcard, but Cloudsmith's pages disagree about its spelling: * (announcement of 2024-09-20) "
    "or .* (the OpenID Connect page). Enter one and log in once; if Cloudsmith refuses, enter the other."
)
_DEFAULT_ISSUER = re.compile(r"https?://.+/oidc(/job/[^/]+)*")
_JOB = "/job/"
_MAX_LENGTH = 1000
"""Longer values are not suggested: nobody could enter them, and nobody could read a report of them."""
_MAX_FOLDERS = 8


@dataclass(frozen=True)
class Choice:
    """Required claims to enter in Cloudsmith: what they single out, and whom they let in."""

    scope: str
    claims: Mapping[str, str]
    lets_in: str


@dataclass(frozen=True)
class Provider:
    """One entry under OpenID Connect in Cloudsmith, and the Jenkins credential that goes with it.

    Everything is `None`, or without choices, where the token or the settings lack what it is made of.
    """

    url: str | None
    service: str | None
    choices: tuple[Choice, ...]
    terraform: str | None
    configuration_as_code: str | None


def provider(org: str, service: str, header: Mapping[str, Any], claims: Mapping[str, Any]) -> Provider:
    """Describe the provider that lets this token in. `org` and `service` are empty where they cannot be used."""
    issuer, subject, audience = (_text(claims.get(name)) for name in ("iss", "sub", "aud"))
    choices = _choices(subject, audience)
    complete = org and service and issuer and choices
    return Provider(
        issuer or None,
        service or None,
        choices,
        _terraform(org, service, issuer, choices[0]) if complete else None,
        _configuration_as_code(_text(header.get("kid")), issuer, _audience(claims.get("aud")), claims)
        if claims
        else None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_LENGTH:
        return ""
    return "".join(filter(str.isprintable, redact(value)))


def _audience(value: object) -> str:
    return _text(value[0] if isinstance(value, list) and len(value) == 1 else value)


def _choices(subject: str, audience: str) -> tuple[Choice, ...]:
    """Go from the job up to the controller. Jenkins' default `sub` is the job's URL: ROOT/job/FOLDER/job/NAME/."""
    if not subject:
        return ()
    extra = {"aud": audience} if audience else {}
    job = Choice("this job", {"sub": subject, **extra}, "builds of this job; in a multibranch project, of this branch")
    if _JOB not in subject or not subject.endswith("/"):
        return (job,)
    root, *names = subject.rstrip("/").split(_JOB)
    folders = [
        Choice(
            f"the folder {'/'.join(names[:depth])}",
            {"sub": f"{root}{_JOB}{_JOB.join(names[:depth])}/*", **extra},
            "every job below it, also those made later; if it is a multibranch project, every branch and pull request",
        )
        for depth in range(len(names) - 1, 0, -1)
    ]
    controller = Choice(
        "the controller",
        {"sub": f"{root}/*", **extra},
        "every job that can bind the credential, and whoever can make or change such a job",
    )
    return (job, *folders[:_MAX_FOLDERS], controller)


def _terraform(org: str, service: str, issuer: str, choice: Choice) -> str:
    claims = "\n".join(f"    {_hcl(name)} = {_hcl(value)}" for name, value in choice.claims.items())
    return f"""\
data "cloudsmith_organization" "jenkins" {{
  slug = {_hcl(org)}
}}

resource "cloudsmith_oidc" "jenkins" {{
  namespace        = data.cloudsmith_organization.jenkins.slug_perm
  name             = "Jenkins"
  enabled          = true
  provider_url     = {_hcl(issuer)}
  service_accounts = [{_hcl(service)}]
  # A value may end in a wildcard, * or .*: Cloudsmith's pages disagree which. Log in once to find out.
  claims = {{
{claims}
  }}
}}
"""


def _configuration_as_code(kid: str, issuer: str, audience: str, claims: Mapping[str, Any]) -> str:
    lines = [
        "credentials:",
        "  system:",
        "    domainCredentials:",
        "    - credentials:",
        "      - idToken:  # every reload of this file makes a new key",
        "          scope: GLOBAL",
        f"          id: {_yaml(kid or 'oidc-token-cred')}",
    ]
    if issuer and not _DEFAULT_ISSUER.fullmatch(issuer):
        lines.append(f"          issuer: {_yaml(issuer.rstrip('/'))}  # Jenkins does not serve this key: host it")
    lines.append(f"          audience: {_yaml(audience or 'https://cloudsmith.io')}")
    if claims and not claims.get("sub"):
        lines += [
            "security:",
            "  idToken:",
            "    buildClaimTemplates:",
            "    - name: sub",
            "      format: ^${JOB_URL}",
            "      type: string",
        ]
    return "\n".join(lines) + "\n"


def _hcl(text: str) -> str:
    # HCL's strings are JSON's, but ${ and %{ start a template.
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _yaml(text: str) -> str:
    # JSON is YAML; configuration as code replaces ${…} unless a ^ stands before it.
    return json.dumps(text, ensure_ascii=False).replace("${", "^${")
