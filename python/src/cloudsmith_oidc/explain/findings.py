"""What a diagnosis can find: every code, what it means, and what to do about it.

The codes are stable: people search for them and programs compare them. docs/troubleshooting.md lists exactly these.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cloudsmith_oidc.errors import (
    CloudsmithOidcError,
    ExchangeRefusedError,
    IdTokenError,
    SettingsError,
    ThrottledError,
    UnexpectedAnswerError,
    UnreachableError,
)

Severity = Literal["error", "warning", "info"]
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Code:
    """A kind of finding.

    `error` is how the program ends when such a finding, as an error, is the likely cause. `disproved_by_grant` says
    that Cloudsmith's yes to the exchange proves that it does not matter today: then it is a warning.
    """

    meaning: str
    action: str
    error: type[CloudsmithOidcError] = ExchangeRefusedError
    severity: Severity = "error"
    disproved_by_grant: bool = True


@dataclass(frozen=True)
class Finding:
    """One thing that was found, and what was expected in its place. Fit to be printed: no secret, one line each."""

    code: str
    severity: Severity
    found: str
    expected: str
    hint: str


CODES: dict[str, Code] = {
    "org-invalid": Code(
        "The workspace (organization) slug is missing or cannot be one.",
        "Give the slug as in the workspace's URL on Cloudsmith: --org or CLOUDSMITH_ORG",
        SettingsError,
        disproved_by_grant=False,
    ),
    "service-invalid": Code(
        "The service account slug is missing or cannot be one.",
        "Give the slug of the service account, not its display name: --service or CLOUDSMITH_SERVICE_SLUG",
        SettingsError,
        disproved_by_grant=False,
    ),
    "api-host-invalid": Code(
        "The API host is not a host, `host:port` or https URL.",
        "Leave out --api-host and CLOUDSMITH_API_HOST, or give Cloudsmith's API: https://api.cloudsmith.io",
        SettingsError,
        disproved_by_grant=False,
    ),
    "network-settings-invalid": Code(
        "The proxy or CA settings of this machine cannot be used, so that nothing could be asked.",
        "Correct HTTPS_PROXY, NO_PROXY or SSL_CERT_FILE",
        SettingsError,
        disproved_by_grant=False,
    ),
    "token-missing": Code(
        "There is no ID token.",
        "Bind a Jenkins credential of the kind OpenID Connect id token around the command",
        IdTokenError,
    ),
    "token-malformed": Code(
        "What was given is not a JSON Web Token, or one without a usable `exp`.",
        "Bind the secret-text kind of the credential with string(…) and pass its value on unchanged",
        IdTokenError,
    ),
    "clock-skew": Code(
        "The clocks of this machine, of the issuer and of Cloudsmith's API differ by more than a minute. An error if "
        "they disagree about whether the token is valid now, else a warning.",
        "Synchronise the clocks with NTP: the controller's, which dates the tokens, and this machine's",
        IdTokenError,
        "warning",
    ),
    "token-expired": Code(
        "The ID token's `exp` is in the past.",
        "Bind the credential again right before the login: every binding mints a fresh token",
        IdTokenError,
    ),
    "token-not-yet-valid": Code(
        "The ID token's `iat` or `nbf` is in the future.",
        "Correct the clock of the Jenkins controller, which dates the tokens",
        IdTokenError,
    ),
    "algorithm-unexpected": Code(
        "The ID token is not signed with RS256, the only algorithm that Jenkins signs with.",
        "Pass on the token of a Jenkins credential of the kind OpenID Connect id token",
    ),
    "issuer-missing": Code(
        "The ID token has no usable `iss`, so that nobody can tell whose keys verify it.",
        "Set the Jenkins URL (Manage Jenkins, System): the issuer is made from it",
    ),
    "issuer-not-public": Code(
        "The issuer's host is loopback, private or a name without a domain: Cloudsmith cannot reach it.",
        "Set the Jenkins URL to a public one, or host the two documents publicly (cloudsmith-oidc discovery) and enter "
        "that URL as the credential's issuer",
    ),
    "issuer-not-https": Code(
        "The issuer is not an https URL.",
        "Serve Jenkins over https and set the Jenkins URL (Manage Jenkins, System) to it",
    ),
    "issuer-trailing-slash": Code(
        "The issuer ends in a slash: the URLs made from it, or the comparison with the provider URL, then fail.",
        "Remove the slash from the issuer in the Jenkins credential, and from the provider URL in Cloudsmith",
    ),
    "discovery-unreachable": Code(
        "The issuer's discovery document cannot be fetched.",
        "Make ISSUER/.well-known/openid-configuration answer 200 without a login. The default issuer is the Jenkins "
        "URL followed by oidc; a credential with an issuer of its own is no longer served by Jenkins: host its "
        "documents there (cloudsmith-oidc discovery)",
        UnreachableError,
    ),
    "discovery-not-json": Code(
        "The discovery document's URL answers, but not with a JSON object: a redirect, a page, or something too large.",
        "Look for a login page, a proxy or a static host in between: the path has to be served to anybody as it is",
        UnexpectedAnswerError,
    ),
    "discovery-issuer-mismatch": Code(
        "The discovery document names another issuer than the token.",
        "Make them equal, character by character: set the Jenkins URL to the one it is reached by, or write the hosted "
        "document again with cloudsmith-oidc discovery",
    ),
    "jwks-host-mismatch": Code(
        "The discovery document leads to keys on another host than the issuer's.",
        "Host the key set beside the discovery document: write both with cloudsmith-oidc discovery",
    ),
    "jwks-unreachable": Code(
        "The issuer's key set (JWKS) cannot be fetched or read.",
        "Make the discovery document's jwks_uri answer 200 with the key set, without a login",
        UnreachableError,
    ),
    "key-not-in-jwks": Code(
        "The issuer's key set does not hold the key that signed the token.",
        "If the credential has an issuer of its own, Jenkins stops serving its key: publish the key set again "
        "(cloudsmith-oidc discovery); otherwise look whether the credential was renamed or moved",
    ),
    "signature-invalid": Code(
        "The key published under the token's `kid` did not sign it: usually the key was rotated by saving the "
        "credential or reloading the configuration as code, and a cache or a hosted copy still has the old one.",
        "Publish the key set again (cloudsmith-oidc discovery), clear caches in front of it, and run cloudsmith-oidc "
        "discovery --check on a schedule",
    ),
    "subject-missing": Code(
        "The ID token has no `sub`, the claim that tells jobs apart.",
        "Add sub with ${JOB_URL} to the build claim templates (Manage Jenkins, Security, OpenID Connect)",
    ),
    "audience-missing": Code(
        "The ID token has no `aud`.",
        "Enter an audience in the Jenkins credential, and the same in Cloudsmith if its provider requires aud",
    ),
    "audience-mismatch": Code(
        "`aud` does not hold the audience expected with --expect-audience.",
        "Make the audience in the Jenkins credential and the claim aud in Cloudsmith's provider equal",
        disproved_by_grant=False,
    ),
    "claim-mismatch": Code(
        "A claim does not have the value expected with --expect-claim.",
        "Correct the required claim in Cloudsmith's provider, or the claim templates in Jenkins",
        disproved_by_grant=False,
    ),
    "audience-is-list": Code(
        "`aud` is a list, as Jenkins writes it since oidc-provider 206. Whether Cloudsmith matches lists is not known.",
        "If nothing else explains a refusal, try it without aud among the claims that Cloudsmith's provider requires",
        severity="info",
    ),
    "exchange-throttled": Code(
        "Cloudsmith's rate limit is used up.",
        "Come back when the limit allows; it is per IP address, which agents behind one NAT share",
        ThrottledError,
        disproved_by_grant=False,
    ),
    "exchange-unreachable": Code(
        "Cloudsmith's API cannot be reached from here, or answers with server errors.",
        "Look at the host name, the firewall, HTTPS_PROXY and SSL_CERT_FILE",
        UnreachableError,
        disproved_by_grant=False,
    ),
    "exchange-not-understood": Code(
        "The API answered the exchange with something that is not Cloudsmith's answer.",
        "Look whether the API host is really Cloudsmith's, and for a proxy in between",
        UnexpectedAnswerError,
        disproved_by_grant=False,
    ),
    "service-mismatch": Code(
        "Cloudsmith issued a token for another service account than the one asked for.",
        "Look at the service accounts linked to the provider in Cloudsmith",
        UnexpectedAnswerError,
        disproved_by_grant=False,
    ),
    "exchange-refused": Code(
        "Cloudsmith refused the exchange. It never says why; the errors above, if any, are the likely cause.",
        "Compare in Cloudsmith, character by character: the workspace, the provider URL (it must equal iss), every "
        "required claim, that the provider is enabled, and that the service account is linked to it. Then make sure "
        "that Cloudsmith, not only this machine, can reach the issuer",
        disproved_by_grant=False,
    ),
}
"""In the order in which the first error is the likely cause: what is needed first is looked at first."""

_ORDER = {code: place for place, code in enumerate(CODES)}


def finding(
    code: str, *, found: str, expected: str, hint: str | None = None, severity: Severity | None = None
) -> Finding:
    """Make a finding; what is not given is the code's own."""
    known = CODES[code]
    return Finding(code, severity or known.severity, found, expected, hint or known.action)


def likeliest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by severity, then in the order of `CODES`."""
    return sorted(findings, key=lambda one: (_SEVERITIES.index(one.severity), _ORDER[one.code]))
