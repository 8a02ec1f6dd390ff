"""What a diagnosis can find: every code, what it means, and what to do about it.

The codes are stable: people search for them and programs compare them. docs/troubleshooting.md lists exactly these.
"""

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
"""How much a finding matters, the most first."""

Link = Literal["token", "documents", "provider", "service", "repository"]
"""The links of a login's chain: the ID token, the issuer's published documents, and three things in Cloudsmith."""


@dataclass(frozen=True)
class Code:
    """A kind of finding.

    `action` is written for Jenkins; the other CI systems have hints of their own. `link` is the one that it breaks. Of
    several errors, the one with the lowest `rank` is the likely cause: ranks follow the order in which Cloudsmith needs
    things, with gaps for new codes. `error` is how the program ends if this is the likely cause. If Cloudsmith grants
    the exchange, an error was not the cause, and becomes a warning, unless it `holds_if_granted`.
    """

    link: Link
    rank: int
    error: type[CloudsmithOidcError]
    meaning: str
    action: str
    severity: Severity = "error"
    holds_if_granted: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing that was found, and what was expected instead. Each text is one printable line without a secret."""

    code: str
    severity: Severity
    found: str
    expected: str
    hint: str


def finding(
    code: str, found: str, expected: str, *, hint: str | None = None, severity: Severity | None = None
) -> Finding:
    """Return a finding. Hint and severity are the code's own unless given."""
    known = CODES[code]
    return Finding(code, severity or known.severity, found, expected, hint or known.action)


WITHOUT_SLASH = "If nothing else explains a refusal, enter the provider URL in Cloudsmith without the slash"


# fmt: off
# The formatter would give every word of this table a line of its own.
CODES: dict[str, Code] = {
    "org-invalid": Code("provider", 10, SettingsError,
        "The workspace (organization) slug is missing or is not a slug.",
        "Give the slug from the workspace's URL in Cloudsmith, with --org or CLOUDSMITH_ORG"),
    "service-invalid": Code("service", 20, SettingsError,
        "The service account slug is missing or is not a slug.",
        "Give the service account's slug, not its display name, with --service or CLOUDSMITH_SERVICE_SLUG"),
    "repo-invalid": Code("repository", 30, SettingsError,
        "The name given for a repository is not a slug.",
        "Give the slug from the repository's URL in Cloudsmith, with --repo or CLOUDSMITH_REPO",
        holds_if_granted=True),
    "format-invalid": Code("repository", 32, SettingsError,
        "The name given for a format is none that a login can configure.",
        "Give one that cloudsmith-oidc formats lists, with --format or CLOUDSMITH_FORMATS",
        holds_if_granted=True),
    "domain-invalid": Code("repository", 34, SettingsError,
        "The text given for a custom domain is not `NAME=HOST` or `NAME:REPO=HOST`.",
        "Give it so with --domain or CLOUDSMITH_DOMAINS, as docs/formats.md says",
        holds_if_granted=True),
    "api-host-invalid": Code("provider", 40, SettingsError,
        "The API host is not a host, `host:port` or https URL.",
        "Leave out --api-host and CLOUDSMITH_API_HOST, or give Cloudsmith's API: https://api.cloudsmith.io"),
    "network-settings-invalid": Code("documents", 50, SettingsError,
        "This machine's proxy or CA settings cannot be used, so the program sent nothing.",
        "Correct HTTPS_PROXY, NO_PROXY or SSL_CERT_FILE"),
    "token-missing": Code("token", 60, IdTokenError,
        "There is no ID token.",
        "Bind a Jenkins credential of the kind OpenID Connect id token around the command"),
    "token-malformed": Code("token", 70, IdTokenError,
        "The text given as ID token is not a JSON Web Token, or has no usable `exp`.",
        "Bind the secret-text kind of the credential with string(…), and pass its value on unchanged"),
    "clock-skew": Code("token", 80, IdTokenError,
        "The clocks of this machine, the issuer and Cloudsmith's API differ by more than a minute.",
        "Synchronise the clocks with NTP: the Jenkins controller's, which dates the tokens, and this machine's",
        severity="warning"),
    "token-expired": Code("token", 90, IdTokenError,
        "The ID token's `exp` is in the past.",
        "Bind the credential again right before the login: every binding makes a fresh token"),
    "token-not-yet-valid": Code("token", 100, IdTokenError,
        "The ID token's `iat` or `nbf` is in the future.",
        "Correct the clock of the Jenkins controller, which dates the tokens"),
    "algorithm-unexpected": Code("token", 110, ExchangeRefusedError,
        "The ID token is not signed with RS256, the algorithm that all known issuers use.",
        "Pass on the token of a Jenkins credential of the kind OpenID Connect id token"),
    "issuer-missing": Code("token", 120, ExchangeRefusedError,
        "The ID token has no usable `iss`, so Cloudsmith cannot know whose keys verify it.",
        "Set the Jenkins URL (Manage Jenkins, System): Jenkins makes the issuer from it"),
    "issuer-not-public": Code("documents", 130, ExchangeRefusedError,
        "Cloudsmith cannot reach the issuer's host: it is loopback, private, or a name without a domain.",
        "Write the keys of Jenkins with cloudsmith-oidc discovery, and upload them to the provider in Cloudsmith, or "
        "host the documents elsewhere: docs/administrator.md, Jenkins behind a firewall. Or set a public Jenkins URL"),
    "issuer-not-https": Code("documents", 140, ExchangeRefusedError,
        "The issuer is not a plain https URL.",
        "Serve Jenkins over https, and set the Jenkins URL (Manage Jenkins, System) to that address"),
    "issuer-trailing-slash": Code("documents", 150, ExchangeRefusedError,
        "The issuer ends in a slash. The addresses made from it, or its comparison with the provider URL, then fail.",
        "Remove the slash from the issuer in the Jenkins credential, and enter the provider URL without one"),
    "provider-missing": Code("provider", 160, ExchangeRefusedError,
        "No OpenID Connect provider in Cloudsmith has the ID token's issuer as its URL.",
        "Add a provider in Cloudsmith whose URL equals the token's iss, character by character"),
    "provider-disabled": Code("provider", 170, ExchangeRefusedError,
        "The provider in Cloudsmith is disabled.",
        "Enable it in Cloudsmith (workspace settings, OpenID Connect)"),
    "discovery-unreachable": Code("documents", 180, UnreachableError,
        "This machine cannot fetch the issuer's discovery document.",
        "Make ISSUER/.well-known/openid-configuration answer 200 without a login. Jenkins serves it if the issuer is "
        "the Jenkins URL followed by oidc. If the credential names an issuer of its own, Jenkins does not: host it "
        "with cloudsmith-oidc discovery"),
    "discovery-not-json": Code("documents", 190, UnexpectedAnswerError,
        "The discovery document's address returns something else: a redirect, a web page, or too much data.",
        "Look for a login page, a proxy or a static host in between: the address must return the document to "
        "everybody"),
    "discovery-issuer-mismatch": Code("documents", 200, ExchangeRefusedError,
        "The discovery document names another issuer than the ID token.",
        "Make both equal, character by character: correct the Jenkins URL, or write the hosted document again with "
        "cloudsmith-oidc discovery"),
    "jwks-host-mismatch": Code("documents", 210, ExchangeRefusedError,
        "The discovery document points to keys on another host or port than the issuer's.",
        "Host the key set beside the discovery document: cloudsmith-oidc discovery writes both"),
    "jwks-unreachable": Code("documents", 220, UnreachableError,
        "This machine cannot fetch or read the issuer's key set (JWKS).",
        "Make the address in the discovery document's jwks_uri answer 200 with the key set, without a login"),
    "key-not-in-jwks": Code("documents", 230, ExchangeRefusedError,
        "The published key set, or the uploaded one, does not hold the key that signed the ID token.",
        "If the credential has an issuer of its own, publish its key again (cloudsmith-oidc discovery). Otherwise "
        "check whether somebody renamed or moved the credential"),
    "signature-invalid": Code("documents", 240, ExchangeRefusedError,
        "The published key, or the uploaded one, did not sign the ID token.",
        "Saving the credential makes a new key. With configuration as code, so does each reload and each start of "
        "Jenkins. Publish the key set again (cloudsmith-oidc discovery) and clear the caches in front of it. To notice "
        "early, run cloudsmith-oidc discovery --check on a schedule"),
    "subject-missing": Code("token", 250, ExchangeRefusedError,
        "The ID token has no `sub`, the claim that identifies the job.",
        "Add sub with ${JOB_URL} to the build claim templates (Manage Jenkins, Security, OpenID Connect)"),
    "audience-missing": Code("token", 260, ExchangeRefusedError,
        "The ID token has no `aud`.",
        "Enter an audience in the Jenkins credential, and the same in Cloudsmith if its provider requires aud"),
    "provider-claim-mismatch": Code("provider", 270, ExchangeRefusedError,
        "The provider in Cloudsmith requires a claim that the ID token does not have with this value.",
        "Correct the required claim in Cloudsmith, or bind the credential in a job that has it"),
    "service-unknown": Code("service", 280, ExchangeRefusedError,
        "The workspace in Cloudsmith has no service account with this slug.",
        "Give the service account's slug, not its display name, with --service or CLOUDSMITH_SERVICE_SLUG"),
    "provider-service-unlinked": Code("service", 290, ExchangeRefusedError,
        "The provider in Cloudsmith is not linked to the service account.",
        "Add the service account to the provider in Cloudsmith, or log in as one that is linked"),
    "provider-mapping-missing": Code("service", 300, ExchangeRefusedError,
        "The provider's dynamic mapping in Cloudsmith does not map the ID token to the service account.",
        "Add a mapping from the claim's value to the service account in Cloudsmith"),
    "audience-mismatch": Code("provider", 310, ExchangeRefusedError,
        "`aud` does not hold the audience given with --expect-audience.",
        "Make the audience in the Jenkins credential equal to the claim aud in Cloudsmith's provider",
        holds_if_granted=True),
    "claim-mismatch": Code("provider", 320, ExchangeRefusedError,
        "A claim does not have the value given with --expect-claim.",
        "Correct the required claim in Cloudsmith's provider, or the claim templates in Jenkins",
        holds_if_granted=True),
    "audience-is-list": Code("provider", 330, ExchangeRefusedError,
        "`aud` is a list, and the provider requires it. Nobody has seen whether Cloudsmith finds its value in a list.",
        "Cloudsmith accepts tokens whose aud is a list from a provider that does not require aud. Remove aud from the "
        "provider's required claims, and log in once",
        severity="info"),
    "exchange-throttled": Code("provider", 340, ThrottledError,
        "Cloudsmith's rate limit is used up.",
        "Come back when the limit allows. It is per IP address, and agents behind one NAT share it"),
    "exchange-unreachable": Code("provider", 350, UnreachableError,
        "This machine cannot reach Cloudsmith's API, or the API answers with server errors.",
        "Check the host name, the firewall, HTTPS_PROXY and SSL_CERT_FILE"),
    "exchange-not-understood": Code("provider", 360, UnexpectedAnswerError,
        "The answer to the exchange is not one that Cloudsmith gives.",
        "Check that the API host is Cloudsmith's, and look for a proxy in between"),
    "service-mismatch": Code("service", 370, UnexpectedAnswerError,
        "Cloudsmith issued a token for another service account than the one asked for.",
        "Check the service accounts that are linked to the provider in Cloudsmith"),
    "exchange-refused": Code("provider", 380, ExchangeRefusedError,
        "Nothing on this machine explains the refusal: the cause is probably in Cloudsmith, where only explain with an "
        "API key can look.",
        "Check in Cloudsmith, in this order: (1) the workspace's slug is right; (2) it has an OpenID Connect "
        "provider whose URL equals iss; (3) the provider is enabled; (4) each of its required claims matches the ID "
        "token; (5) the service account exists, and is linked to it; (6) Cloudsmith can reach the issuer from the "
        "Internet, or has its present keys uploaded"),
    "repository-forbidden": Code("repository", 390, ExchangeRefusedError,
        "The service account has no right to the repository: it can log in, but cannot use this repository.",
        "Give the service account the privilege in the repository's settings in Cloudsmith (Access Controls). The "
        "default privilege of the whole workspace is also enough, but the API does not show it",
        holds_if_granted=True),
    "api-key-refused": Code("provider", 400, ExchangeRefusedError,
        "Cloudsmith does not show its settings to the owner of the API key.",
        "Use an API key of a Manager or Owner of this workspace. For a repository's privileges, its owner also needs "
        "Admin on the repository",
        severity="warning"),
    "cloudsmith-unread": Code("provider", 410, ExchangeRefusedError,
        "The program could not read a part of the settings in Cloudsmith.",
        "Try again with a longer --timeout. Check CLOUDSMITH_API_HOST, and look for a proxy in between",
        severity="warning"),
    "provider-too-open": Code("provider", 420, ExchangeRefusedError,
        "A provider in Cloudsmith authenticates more than it should.",
        "Require a claim in Cloudsmith that singles out the jobs which need the service account",
        severity="warning"),
    "provider-stale": Code("provider", 430, ExchangeRefusedError,
        "This machine cannot fetch the documents of another provider's issuer any more.",
        "If that issuer is gone, remove its provider in Cloudsmith: whoever gets the host's name can forge its tokens",
        severity="warning"),
    "service-too-powerful": Code("service", 440, ExchangeRefusedError,
        "The service account may do more than it needs.",
        "Remove these rights in Cloudsmith: whoever changes an authorized job can use all of them",
        severity="warning"),
    "domain-unused": Code("repository", 450, ExchangeRefusedError,
        "The workspace has a custom domain that the clients must use, and the job does not use it.",
        "Give the custom domain in the option domains of the step, with --domain or in CLOUDSMITH_DOMAINS",
        severity="warning"),
}
# fmt: on
