"""What an administrator enters: in Cloudsmith's provider form or Terraform, and in the system that issues the tokens.

Sources: Cloudsmith documentation, "OpenID Connect" (the form; wildcards), and announcement of 2024-09-20 (wildcards);
cloudsmith-io/terraform-provider-cloudsmith, docs/resources: oidc.md, service.md, repository_privileges.md.
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
    org, service = slug_or_nothing(evidence.account.org), slug_or_nothing(evidence.meant_service)
    # An audience in a list is not suggested: nobody knows whether Cloudsmith finds a required one there.
    audience = {"aud": enterable(claims.get("aud"))} if enterable(claims.get("aud")) else {}
    choices = tuple(dataclasses.replace(one, claims={**one.claims, **audience}) for one in system.choices(claims))
    known = org and service and url and choices
    terraform = _terraform(evidence, org, service, url, choices[0]) if known else ""
    setup = system.setup(evidence.token.header, claims) if evidence.token and claims else ""
    return ProviderForm(url, service, choices, terraform, setup)


def _terraform(evidence: Evidence, org: str, service: str, url: str, choice: Choice) -> str:
    system, wanted = evidence.system, evidence.expectations
    label = system.name.lower().replace(" ", "_")
    claims = "\n".join(f"    {_hcl(claim)} = {_hcl(value)}" for claim, value in choice.claims.items())
    repositories = [slug for slug in map(slug_or_nothing, wanted.repositories) if slug]
    privileges = _privileges(label, org, repositories, wanted.level) if repositories else ""
    return f"""\
terraform {{
  required_providers {{
    cloudsmith = {{
      source = "cloudsmith-io/cloudsmith"
    }}
  }}
}}

# If it exists: terraform import cloudsmith_service.{label} {org}.{service}
resource "cloudsmith_service" "{label}" {{
  organization = {_hcl(org)}
  name         = {_hcl(service)}
  # Otherwise Terraform's state would hold a permanent API key.
  store_api_key = false
}}

resource "cloudsmith_oidc" "{label}" {{
  namespace        = {_hcl(org)}
  name             = {_hcl(system.name)}
  enabled          = true
  provider_url     = {_hcl(url)}
  service_accounts = [cloudsmith_service.{label}.slug]
  # A value may end in a wildcard, .* or *: Cloudsmith's pages disagree. Log in to find out.
  claims = {{
{claims}
  }}
}}
{privileges}"""


def _privileges(label: str, org: str, repositories: list[str], level: str) -> str:
    # The resource removes every privilege that it does not have. Only an import makes the plan show them. It refuses to
    # leave the owner of the API key without one.
    return f"""
locals {{
  repositories = toset({_hcl(repositories)})
}}

data "cloudsmith_user_self" "{label}" {{}}

import {{
  for_each = local.repositories
  to       = cloudsmith_repository_privileges.{label}[each.key]
  id       = "{org}.${{each.key}}"
}}

# These are all privileges of the repository. The plan shows with a minus which ones it would remove: add those to keep.
resource "cloudsmith_repository_privileges" "{label}" {{
  for_each     = local.repositories
  organization = {_hcl(org)}
  repository   = each.key
  # The owner of the API key that Terraform uses. If that is a service account: service instead of user.
  user {{
    privilege = "Admin"
    slug      = data.cloudsmith_user_self.{label}.slug
  }}
  service {{
    privilege = {_hcl(level)}
    slug      = cloudsmith_service.{label}.slug
  }}
}}
"""


def _hcl(value: str | list[str]) -> str:
    # HCL's strings and lists are JSON's, but ${ and %{ start a template.
    return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
