"""GitHub Actions.

Source: github/docs, "OpenID Connect reference" (content/actions/reference/security/oidc.md): the issuers of GitHub,
of data residency (`token.actions.SUBDOMAIN.ghe.com`), and of GitHub Enterprise Server (`HOSTNAME/_services/token`);
`sub` is `repo:OWNER/REPO:` followed by `ref:…`, `environment:…` or `pull_request`; `aud` is the owner's URL.
"""

import re

from cloudsmith_oidc.explain.issuers.base import Claims, Issuer, Rung, audience, hints, issuer_url, ladder, quoted

_ISSUER = re.compile(
    r"https://token\.actions\.(?:githubusercontent\.com|[\w-]+\.ghe\.com)(?:/[\w.-]+)?|https://[^/]+/_services/token"
)


def _workflow(_header: Claims, claims: Claims) -> str:
    return f"""\
permissions:
  id-token: write
# actions/github-script then gets the token: await core.getIDToken({quoted(audience(claims))})
"""


ISSUER = Issuer(
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
    choices=ladder(
        Rung(
            "this subject",
            ("sub",),
            "what sub names: one branch, tag or environment. If it ends in pull_request, all pull requests",
        ),
        Rung("this repository", ("repository",), "every workflow, branch and pull request of the repository"),
        Rung("the owner", ("repository_owner",), "every repository of the organization or user, also those made later"),
    ),
    setup_title="The job in the workflow",
    setup=_workflow,
    hints=hints(
        "GitHub Actions",
        token="A job with permissions: id-token: write gets it by core.getIDToken",  # noqa: S106 - no token
        audience="The audience is what the job gives to core.getIDToken; by default the URL of the owner.",
    ),
)
