"""GitHub Actions.

Source: github/docs, "OpenID Connect reference" (content/actions/reference/security/oidc.md): the issuers of GitHub,
of data residency (`token.actions.SUBDOMAIN.ghe.com`), and of GitHub Enterprise Server (`HOSTNAME/_services/token`);
`sub` is `repo:OWNER/REPO:`, or `repo:OWNER@ID/REPO@ID:` for repositories that were made, renamed or moved since
2026-07-15, followed by `ref:…`, `environment:…` or `pull_request`; `aud` is the owner's URL. No choice has `sub`, as it
changes when an old repository is renamed.
"""

import re

from cloudsmith_oidc.explain.ci_systems.base import CiSystem, Claims, audience, choices_of, hints, issuer_url, yaml_text

_ISSUER = re.compile(
    r"https://token\.actions\.(?:githubusercontent\.com|[\w-]+\.ghe\.com)(?:/[\w.-]+)?|https://[^/]+/_services/token"
)


def _workflow(_header: Claims, claims: Claims) -> str:
    return f"""\
permissions:
  id-token: write
# actions/github-script then gets the token: await core.getIDToken({yaml_text(audience(claims))})
"""


SYSTEM = CiSystem(
    name="GitHub Actions",
    issued=lambda claims: _ISSUER.fullmatch(issuer_url(claims)) is not None,
    claims={
        "iss": "GitHub, the enterprise, or the server of your own",
        "sub": "the repository, and the environment, pull_request, or the ref",
        "aud": "what the job asked for; by default the URL of the repository's owner",
        "repository": "the repository that the workflow runs in",
        "repository_owner": "the organization or the user that has the repository",
        "ref": "the branch or tag; refs/pull/… for a pull request",
        "environment": "the environment that the job names; its protection rules say which branches may",
        "event_name": "what started the workflow",
    },
    choices=choices_of(
        (
            "this environment",
            ("repository", "environment"),
            "every job of the repository that names this environment, if its protection rules let it run",
        ),
        (
            "this branch or tag",
            ("repository", "ref"),
            "one branch or tag of the repository; if ref is refs/pull/…, one pull request",
        ),
        ("this repository", ("repository",), "every workflow, branch and pull request of the repository"),
        ("the owner", ("repository_owner",), "every repository of the organization or user, also those made later"),
    ),
    setup_title="The job in the workflow",
    setup=_workflow,
    hints=hints(
        "GitHub Actions",
        token="A job with permissions: id-token: write gets it by core.getIDToken",  # noqa: S106 - no token
        audience="The audience is what the job gives to core.getIDToken; by default the URL of the owner.",
    ),
)
