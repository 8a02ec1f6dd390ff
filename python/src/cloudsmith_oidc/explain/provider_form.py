"""What an administrator enters: in Cloudsmith's provider form or Terraform, and in the system that issues the tokens.

Sources: Cloudsmith documentation, "OpenID Connect" (the form; wildcards), and announcement of 2024-09-20 (wildcards);
cloudsmith-io/terraform-provider-cloudsmith, docs/resources/oidc.md (`cloudsmith_oidc`).
"""

import dataclasses
import json
from dataclasses import dataclass

from cloudsmith_oidc.explain.ci_systems.base import Choice, enterable
from cloudsmith_oidc.explain.evidence import Evidence, slug_or_nothing

WILDCARDS = (
    "A value may end in a wildcard, but Cloudsmith's pages disagree about its spelling: .* (OpenID Connect page, "
    "newest texts) or * (announcement of 2024-09-20). Enter one and log in; if Cloudsmith refuses, enter the other."
)


@dataclass(frozen=True)
class ProviderForm:
    """One entry under OpenID Connect in Cloudsmith, and the configuration of the system that issues the tokens.

    Each is empty if the token or the settings lack a part of it.
    """

    url: str
    service: str
    choices: tuple[Choice, ...]
    terraform: str
    setup: str


def filled_in(evidence: Evidence) -> ProviderForm:
    """Return the form for a provider that authenticates this token."""
    system, claims, url = evidence.system, evidence.claims, enterable(evidence.issuer)
    org, service = slug_or_nothing(evidence.account.org), slug_or_nothing(evidence.account.slug)
    # An audience in a list is not suggested: nobody knows whether Cloudsmith matches lists.
    audience = {"aud": enterable(claims.get("aud"))} if enterable(claims.get("aud")) else {}
    choices = tuple(dataclasses.replace(one, claims={**one.claims, **audience}) for one in system.choices(claims))
    terraform = ""
    if org and service and url and choices:
        terraform = _terraform(system.name, org, service, url, choices[0])
    setup = system.setup(evidence.token.header, claims) if evidence.token and claims else ""
    return ProviderForm(url, service, choices, terraform, setup)


def _terraform(name: str, org: str, service: str, url: str, choice: Choice) -> str:
    claims = "\n".join(f"    {_hcl(claim)} = {_hcl(value)}" for claim, value in choice.claims.items())
    label = name.lower().replace(" ", "_")
    return f"""\
data "cloudsmith_organization" "{label}" {{
  slug = {_hcl(org)}
}}

resource "cloudsmith_oidc" "{label}" {{
  namespace        = data.cloudsmith_organization.{label}.slug_perm
  name             = {_hcl(name)}
  enabled          = true
  provider_url     = {_hcl(url)}
  service_accounts = [{_hcl(service)}]
  # A value may end in a wildcard, .* or *: Cloudsmith's pages disagree. Log in to find out.
  claims = {{
{claims}
  }}
}}
"""


def _hcl(text: str) -> str:
    # HCL's strings are JSON's, but ${ and %{ start a template.
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
