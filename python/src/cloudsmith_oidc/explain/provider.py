"""What an administrator enters: in Cloudsmith's provider form or Terraform, and in the system that issues the tokens.

Sources: Cloudsmith documentation, "OpenID Connect" (the form), and announcement of 2024-09-20 (wildcards in claims);
cloudsmith-io/terraform-provider-cloudsmith, docs/resources/oidc.md (`cloudsmith_oidc`).
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudsmith_oidc.explain.issuers import Choice, Issuer, issuer_of
from cloudsmith_oidc.explain.issuers.base import text

WILDCARDS = (
    "A value may end in a wildcard, but Cloudsmith's pages disagree about its spelling: * (announcement of 2024-09-20) "
    "or .* (the OpenID Connect page). Enter one and log in once; if Cloudsmith refuses, enter the other."
)


@dataclass(frozen=True)
class Provider:
    """One entry under OpenID Connect in Cloudsmith, and what goes with it in the system that issues the tokens.

    Everything is `None`, or without choices, where the token or the settings lack what it is made of.
    """

    url: str | None
    service: str | None
    choices: tuple[Choice, ...]
    terraform: str | None
    setup: str | None

    @property
    def has_wildcards(self) -> bool:
        """Whether a choice has a value that ends in a wildcard, so that `WILDCARDS` has to be said."""
        return any(value.endswith("*") for choice in self.choices for value in choice.claims.values())


def provider(org: str, service: str, header: Mapping[str, Any], claims: Mapping[str, Any]) -> Provider:
    """Describe the provider that lets this token in. `org` and `service` are empty where they cannot be used."""
    system = issuer_of(claims)
    url = text(claims.get("iss"))
    # An audience in a list is not suggested: nobody knows whether Cloudsmith matches lists.
    audience = {"aud": text(claims.get("aud"))} if text(claims.get("aud")) else {}
    choices = tuple(dataclasses.replace(one, claims={**one.claims, **audience}) for one in system.choices(claims))
    complete = org and service and url and choices
    return Provider(
        url or None,
        service or None,
        choices,
        _terraform(system, org, service, url, choices[0]) if complete else None,
        system.setup(header, claims) if claims else None,
    )


def _terraform(system: Issuer, org: str, service: str, url: str, choice: Choice) -> str:
    claims = "\n".join(f"    {_hcl(name)} = {_hcl(value)}" for name, value in choice.claims.items())
    label = _hcl(system.name.lower().replace(" ", "_"))
    return f"""\
data "cloudsmith_organization" {label} {{
  slug = {_hcl(org)}
}}

resource "cloudsmith_oidc" {label} {{
  namespace        = data.cloudsmith_organization.{label.strip('"')}.slug_perm
  name             = {_hcl(system.name)}
  enabled          = true
  provider_url     = {_hcl(url)}
  service_accounts = [{_hcl(service)}]
  # A value may end in a wildcard, * or .*: Cloudsmith's pages disagree which. Log in to find out.
  claims = {{
{claims}
  }}
}}
"""


def _hcl(text: str) -> str:
    # HCL's strings are JSON's, but ${ and %{ start a template.
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
