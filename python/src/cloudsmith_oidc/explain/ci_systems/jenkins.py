"""Jenkins with the plugin oidc-provider.

Source: jenkinsci/oidc-provider-plugin, `IdTokenStringCredentials` (symbol `idToken`) and `IdTokenConfiguration`.
"""

import re
from collections.abc import Iterator

from cloudsmith_oidc.explain.ci_systems.base import Choice, CiSystem, Claims, audience, enterable, yaml_text

_DEFAULT_ISSUER = re.compile(r"https?://.+/oidc(/job/[^/]+)*")
_JOB = "/job/"
_MAX_FOLDERS = 8


def _choices(claims: Claims) -> Iterator[Choice]:
    """Go from the job up to the controller. By default `sub` is the job's URL: ROOT/job/FOLDER/job/NAME/."""
    subject = enterable(claims.get("sub"))
    if not subject:
        return
    yield Choice("this job", {"sub": subject}, "builds of this job; in a multibranch project, of this branch")
    if _JOB not in subject or not subject.endswith("/"):
        return
    root, *names = subject.rstrip("/").split(_JOB)
    for depth in range(len(names) - 1, max(0, len(names) - 1 - _MAX_FOLDERS), -1):
        yield Choice(
            f"the folder {'/'.join(names[:depth])}",
            {"sub": f"{root}{_JOB}{_JOB.join(names[:depth])}/.*"},
            "every job below it, also those made later; if it is a multibranch project, every branch and pull request",
        )
    yield Choice(
        "the controller",
        {"sub": f"{root}/.*"},
        "every job that can bind the credential, and whoever can make or change such a job",
    )


def _configuration_as_code(header: Claims, claims: Claims) -> str:
    lines = [
        "credentials:",
        "  system:",
        "    domainCredentials:",
        "    - credentials:",
        "      - idToken:  # every reload of this file, and every start of Jenkins, makes a new key",
        "          scope: GLOBAL",
        f"          id: {_yaml(enterable(header.get('kid')) or 'oidc-token-cred')}",
    ]
    issuer = enterable(claims.get("iss"))
    if issuer and not _DEFAULT_ISSUER.fullmatch(issuer):
        lines += [
            "          # Jenkins does not serve this key: upload or host it",
            f"          issuer: {_yaml(issuer.rstrip('/'))}",
        ]
    lines.append(f"          audience: {_yaml(audience(claims) or 'https://cloudsmith.io')}")
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


def _yaml(value: str) -> str:
    # Configuration as code replaces ${…} unless it follows a ^.
    return yaml_text(value).replace("${", "^${")


SYSTEM = CiSystem(
    name="Jenkins",
    issued=lambda claims: _DEFAULT_ISSUER.fullmatch(enterable(claims.get("iss"))) is not None,
    claims={
        "iss": "the Jenkins URL followed by oidc, unless the credential names an issuer of its own",
        "sub": "the job's URL; in a multibranch project, the branch's",
        "aud": "the credential's audience",
    },
    choices=_choices,
    setup_title="The credential in Jenkins, as configuration as code",
    setup=_configuration_as_code,
    more_claims="add it to the build claim templates (Manage Jenkins, Security, OpenID Connect)",
)
