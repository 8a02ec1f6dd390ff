"""What a diagnosis can find: every code, what it means, and what to do about it.

The codes are stable: people search for them and programs compare them. docs/troubleshooting.md lists exactly these.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

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

Link = Literal["token", "documents", "provider", "service", "repository"]
"""Where a login can break: what the issuer says in the token, what it publishes, and three things in Cloudsmith."""
LINKS: tuple[Link, ...] = get_args(Link)


@dataclass(frozen=True)
class Code:
    """A kind of finding.

    `action` is written for Jenkins; other issuers have hints of their own (`issuers`). `error` is how the program ends
    when such a finding is the likely cause. `disproved_by_grant` says that the finding cannot be a cause if the
    exchange succeeds: then it becomes a warning. `link` is the part of the chain that it breaks or puts in doubt.
    """

    meaning: str
    action: str
    error: type[CloudsmithOidcError] = ExchangeRefusedError
    severity: Severity = "error"
    disproved_by_grant: bool = True
    link: Link = field(kw_only=True)


@dataclass(frozen=True)
class Finding:
    """One thing that was found, and what was expected in its place. Each text is one printable line, no secret."""

    code: str
    severity: Severity
    found: str
    expected: str
    hint: str


CODES: dict[str, Code] = {
    "org-invalid": Code(
        "The workspace (organization) slug is missing or is not a slug.",
        "Give the slug from the workspace's URL in Cloudsmith, with --org or CLOUDSMITH_ORG",
        SettingsError,
        disproved_by_grant=False,
        link="provider",
    ),
    "service-invalid": Code(
        "The service account slug is missing or is not a slug.",
        "Give the service account's slug, not its display name, with --service or CLOUDSMITH_SERVICE_SLUG",
        SettingsError,
        disproved_by_grant=False,
        link="service",
    ),
    "repo-invalid": Code(
        "The slug of a repository is not one.",
        "Give the slug from the repository's URL in Cloudsmith, with --repo or CLOUDSMITH_REPO",
        SettingsError,
        disproved_by_grant=False,
        link="repository",
    ),
    "api-host-invalid": Code(
        "The API host is not a host, `host:port` or https URL.",
        "Leave out --api-host and CLOUDSMITH_API_HOST, or give Cloudsmith's API: https://api.cloudsmith.io",
        SettingsError,
        disproved_by_grant=False,
        link="provider",
    ),
    "network-settings-invalid": Code(
        "This machine's proxy or CA settings cannot be used, so nothing could be sent.",
        "Correct HTTPS_PROXY, NO_PROXY or SSL_CERT_FILE",
        SettingsError,
        disproved_by_grant=False,
        link="documents",
    ),
    "token-missing": Code(
        "There is no ID token.",
        "Bind a Jenkins credential of the kind OpenID Connect id token around the command",
        IdTokenError,
        link="token",
    ),
    "token-malformed": Code(
        "What was given as ID token is not a JSON Web Token, or has no usable `exp`.",
        "Bind the secret-text kind of the credential with string(…), and pass its value on unchanged",
        IdTokenError,
        link="token",
    ),
    "clock-skew": Code(
        "The clocks of this machine, the issuer and Cloudsmith's API differ by more than a minute.",
        "Synchronise the clocks with NTP: the Jenkins controller's, which dates the tokens, and this machine's",
        IdTokenError,
        "warning",
        link="token",
    ),
    "token-expired": Code(
        "The ID token's `exp` is in the past.",
        "Bind the credential again right before the login: every binding makes a fresh token",
        IdTokenError,
        link="token",
    ),
    "token-not-yet-valid": Code(
        "The ID token's `iat` or `nbf` is in the future.",
        "Correct the clock of the Jenkins controller, which dates the tokens",
        IdTokenError,
        link="token",
    ),
    "algorithm-unexpected": Code(
        "The ID token is not signed with RS256, the algorithm that all known issuers use.",
        "Pass on the token of a Jenkins credential of the kind OpenID Connect id token",
        link="token",
    ),
    "issuer-missing": Code(
        "The ID token has no usable `iss`, so Cloudsmith cannot know whose keys verify it.",
        "Set the Jenkins URL (Manage Jenkins, System): Jenkins makes the issuer from it",
        link="token",
    ),
    "issuer-not-public": Code(
        "Cloudsmith cannot reach the issuer's host: it is loopback, private, or a name without a domain.",
        "Set the Jenkins URL to a public one. If Jenkins is not public, host the issuer's documents elsewhere with "
        "cloudsmith-oidc discovery, and enter that address as the credential's issuer",
        link="documents",
    ),
    "issuer-not-https": Code(
        "The issuer is not an https URL.",
        "Serve Jenkins over https, and set the Jenkins URL (Manage Jenkins, System) to that address",
        link="documents",
    ),
    "issuer-trailing-slash": Code(
        "The issuer ends in a slash. The addresses made from it, or its comparison with the provider URL, then fail.",
        "Remove the slash from the issuer in the Jenkins credential, and enter the provider URL without one",
        link="documents",
    ),
    "provider-missing": Code(
        "No OpenID Connect provider in Cloudsmith has the ID token's issuer as its URL.",
        "Enter a provider in Cloudsmith whose URL is the token's iss, character by character",
        link="provider",
    ),
    "provider-disabled": Code(
        "The provider in Cloudsmith is disabled.",
        "Enable it in Cloudsmith (workspace settings, OpenID Connect)",
        link="provider",
    ),
    "discovery-unreachable": Code(
        "The issuer's discovery document cannot be fetched.",
        "Make ISSUER/.well-known/openid-configuration answer 200 without a login. Jenkins serves it if the issuer is "
        "the Jenkins URL followed by oidc. If the credential names an issuer of its own, Jenkins does not: host it "
        "with cloudsmith-oidc discovery",
        UnreachableError,
        link="documents",
    ),
    "discovery-not-json": Code(
        "The discovery document's address answers with something else: a redirect, a page, or too much.",
        "Look for a login page, a proxy or a static host in between: everybody has to get the document itself",
        UnexpectedAnswerError,
        link="documents",
    ),
    "discovery-issuer-mismatch": Code(
        "The discovery document names another issuer than the ID token.",
        "Make both equal, character by character: correct the Jenkins URL, or write the hosted document again with "
        "cloudsmith-oidc discovery",
        link="documents",
    ),
    "jwks-host-mismatch": Code(
        "The discovery document leads to keys on another host than the issuer's.",
        "Host the key set beside the discovery document: cloudsmith-oidc discovery writes both",
        link="documents",
    ),
    "jwks-unreachable": Code(
        "The issuer's key set (JWKS) cannot be fetched or read.",
        "Make the address in the discovery document's jwks_uri answer 200 with the key set, without a login",
        UnreachableError,
        link="documents",
    ),
    "key-not-in-jwks": Code(
        "The issuer's key set does not hold the key that signed the ID token.",
        "If the credential has an issuer of its own, publish its key again (cloudsmith-oidc discovery). Otherwise "
        "check whether the credential was renamed or moved",
        link="documents",
    ),
    "signature-invalid": Code(
        "The published key did not sign the ID token.",
        "Saving the credential or reloading the configuration as code makes a new key. Publish the key set again "
        "(cloudsmith-oidc discovery) and clear the caches in front of it. To notice early, run cloudsmith-oidc "
        "discovery --check on a schedule",
        link="documents",
    ),
    "subject-missing": Code(
        "The ID token has no `sub`, the claim that tells jobs apart.",
        "Add sub with ${JOB_URL} to the build claim templates (Manage Jenkins, Security, OpenID Connect)",
        link="token",
    ),
    "audience-missing": Code(
        "The ID token has no `aud`.",
        "Enter an audience in the Jenkins credential, and the same in Cloudsmith if its provider requires aud",
        link="token",
    ),
    "provider-claim-mismatch": Code(
        "The provider in Cloudsmith requires a claim that the ID token does not have like that.",
        "Correct the required claim in Cloudsmith, or bind the credential in a job that has it",
        link="provider",
    ),
    "service-unknown": Code(
        "The workspace in Cloudsmith has no service account with this slug.",
        "Give the service account's slug, not its display name, with --service or CLOUDSMITH_SERVICE_SLUG",
        link="service",
    ),
    "provider-service-unlinked": Code(
        "The provider in Cloudsmith is not linked to the service account.",
        "Add the service account to the provider in Cloudsmith, or log in as one that is linked",
        link="service",
    ),
    "provider-mapping-missing": Code(
        "The provider's dynamic mapping in Cloudsmith does not lead from the ID token to the service account.",
        "Add a mapping from the claim's value to the service account in Cloudsmith",
        link="service",
    ),
    "audience-mismatch": Code(
        "`aud` does not hold the audience given with --expect-audience.",
        "Make the audience in the Jenkins credential equal to the claim aud in Cloudsmith's provider",
        disproved_by_grant=False,
        link="provider",
    ),
    "claim-mismatch": Code(
        "A claim does not have the value given with --expect-claim.",
        "Correct the required claim in Cloudsmith's provider, or the claim templates in Jenkins",
        disproved_by_grant=False,
        link="provider",
    ),
    "audience-is-list": Code(
        "`aud` is a list. It is not known whether Cloudsmith matches lists.",
        "Jenkins writes a list since oidc-provider 206. If nothing else explains a refusal, try it without aud among "
        "the provider's required claims",
        severity="info",
        link="provider",
    ),
    "exchange-throttled": Code(
        "Cloudsmith's rate limit is used up.",
        "Come back when the limit allows. It is per IP address, and agents behind one NAT share it",
        ThrottledError,
        disproved_by_grant=False,
        link="provider",
    ),
    "exchange-unreachable": Code(
        "Cloudsmith's API cannot be reached from here, or answers with server errors.",
        "Check the host name, the firewall, HTTPS_PROXY and SSL_CERT_FILE",
        UnreachableError,
        disproved_by_grant=False,
        link="provider",
    ),
    "exchange-not-understood": Code(
        "The answer to the exchange is not one that Cloudsmith gives.",
        "Check that the API host is Cloudsmith's, and look for a proxy in between",
        UnexpectedAnswerError,
        disproved_by_grant=False,
        link="provider",
    ),
    "service-mismatch": Code(
        "Cloudsmith issued a token for another service account than the one asked for.",
        "Check the service accounts that are linked to the provider in Cloudsmith",
        UnexpectedAnswerError,
        disproved_by_grant=False,
        link="service",
    ),
    "exchange-refused": Code(
        "Probably it is on Cloudsmith's side: this machine sees nothing that explains it.",
        "Check in Cloudsmith, in this order: (1) the workspace's slug is right; (2) it has an OpenID Connect provider "
        "whose URL equals iss; (3) the provider is enabled; (4) each of its required claims fits the ID token; (5) the "
        "service account is linked to it; (6) Cloudsmith can reach the issuer from the Internet",
        disproved_by_grant=False,
        link="provider",
    ),
    "repository-forbidden": Code(
        "The service account has no right to the repository: it can log in, and then gets nothing there.",
        "Give the service account the privilege in the repository's settings in Cloudsmith (Access Controls). The "
        "default privilege of the whole workspace would do, too, but the API does not show it",
        disproved_by_grant=False,
        link="repository",
    ),
    "api-key-refused": Code(
        "Cloudsmith does not show its settings to the owner of the API key.",
        "Use an API key of a Manager or Owner of this workspace. For a repository's privileges, its owner also needs "
        "Admin on the repository",
        severity="warning",
        link="provider",
    ),
    "cloudsmith-unread": Code(
        "A part of what is entered in Cloudsmith could not be read.",
        "Try again, with a longer --timeout; and look at CLOUDSMITH_API_HOST and for a proxy in between",
        severity="warning",
        link="provider",
    ),
    "provider-too-open": Code(
        "A provider in Cloudsmith lets in more than it should.",
        "Require a claim in Cloudsmith that singles out the jobs which need the service account",
        severity="warning",
        link="provider",
    ),
    "provider-stale": Code(
        "The documents of another provider's issuer cannot be fetched any more, at least not from this machine.",
        "If that issuer is gone, remove its provider in Cloudsmith: whoever gets the host's name can forge its tokens",
        severity="warning",
        link="provider",
    ),
    "service-too-powerful": Code(
        "The service account may do more than it needs.",
        "Take from it in Cloudsmith what it does not need: whoever changes a job that is let in can use all of it",
        severity="warning",
        link="service",
    ),
}
"""In the order in which Cloudsmith needs things, so that the first error is the likely cause."""

_ORDER = {code: place for place, code in enumerate(CODES)}


def finding(
    code: str, *, found: str, expected: str, hint: str | None = None, severity: Severity | None = None
) -> Finding:
    """Make a finding. Hint and severity are the code's own unless given."""
    known = CODES[code]
    return Finding(code, severity or known.severity, found, expected, hint or known.action)


def likeliest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by severity, then in the order of `CODES`."""
    return sorted(findings, key=lambda one: (_SEVERITIES.index(one.severity), _ORDER[one.code]))
