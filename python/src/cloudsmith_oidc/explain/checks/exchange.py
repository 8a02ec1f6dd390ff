"""Whether the exchange can be tried with these settings, and what Cloudsmith answered to it."""

from collections.abc import Callable, Iterator

from cloudsmith_oidc.errors import (
    CloudsmithOidcError,
    ExchangeRefusedError,
    ServiceMismatchError,
    SettingsError,
    ThrottledError,
    UnexpectedAnswerError,
    UnreachableError,
)
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import CODES, Finding, finding
from cloudsmith_oidc.explain.matching import ProviderMatch, as_compared, before_wildcard
from cloudsmith_oidc.explain.shown import shown
from cloudsmith_oidc.formats import checked_name
from cloudsmith_oidc.redaction import one_line
from cloudsmith_oidc.values import base_url, domain, repository, slug

_CODES: tuple[tuple[type[CloudsmithOidcError], str], ...] = (
    (ExchangeRefusedError, "exchange-refused"),
    (ServiceMismatchError, "service-mismatch"),
    (ThrottledError, "exchange-throttled"),
    (UnreachableError, "exchange-unreachable"),
    (UnexpectedAnswerError, "exchange-not-understood"),
)
_MAX_CLAIMS = 5


def settings(evidence: Evidence) -> Iterator[Finding]:
    """Check the workspace, the service account, the repositories, the clients' settings and the API host."""
    given = evidence.account
    yield from _setting("org-invalid", "workspace slug", given.org, slug, "a slug such as 'acme'")
    yield from _setting("service-invalid", "service account slug", given.slug, slug, "a slug such as 'ci-reader'")
    for name in evidence.expectations.repositories:
        yield from _setting("repo-invalid", "repository slug", name, repository, "a slug such as 'prod'")
    for name in evidence.expectations.formats:
        yield from _setting("format-invalid", "format", name, checked_name, "a format that a login can configure")
    for text in evidence.expectations.domains:
        yield from _setting("domain-invalid", "custom domain", text, domain, "a custom domain such as dl=dl.acme.com")
    yield from _setting("api-host-invalid", "API host", given.api_host, base_url, "a host, host:port or https URL")


def _setting(code: str, name: str, value: str, check: Callable[[str], object], expected: str) -> Iterator[Finding]:
    try:
        check(value)
    except ValueError as error:
        yield finding(code, str(error) if value else f"no {name} is given", expected)


def network(evidence: Evidence) -> Iterator[Finding]:
    """Check that requests could be sent with this machine's proxy and CA settings."""
    documents = [document.error for document in (evidence.discovery, evidence.jwks) if document]
    unusable = [error for error in (*documents, evidence.exchange_error) if isinstance(error, SettingsError)]
    for error in unusable[:1]:
        expected = "proxy and CA settings that can be used"
        yield finding("network-settings-invalid", one_line(error.message), expected, hint=error.hint)


def answer(evidence: Evidence) -> Iterator[Finding]:
    """Report why the exchange gave no token."""
    error = evidence.exchange_error
    code = next((code for kind, code in _CODES if isinstance(error, kind)), None)
    if error is not None and code is not None:
        hint = _where_to_look(evidence, error.status) if isinstance(error, ExchangeRefusedError) else error.hint
        yield finding(code, error.message, f"a token of the service account {shown(evidence.account.slug)}", hint=hint)


def required_audience(evidence: Evidence) -> Iterator[Finding]:
    """Report a required `aud` that the token has in a list, if Cloudsmith refuses the token."""
    refused = isinstance(evidence.exchange_error, ExchangeRefusedError)
    for claim in evidence.provider.claims if refused and evidence.provider else ():
        if claim.name == "aud" and isinstance(claim.found, list):
            yield finding("audience-is-list", f"aud is {shown(claim.found)}", f"aud is {shown(claim.required)}")


def _where_to_look(evidence: Evidence, status: int) -> str:
    """Return the remaining causes if a provider matches; else what the status suggests, and where to look."""
    match = evidence.provider
    if match is not None and not match.troubles:
        doubts = (f"({number}) {doubt}" for number, doubt in enumerate(_doubts(match, evidence.issuer), 1))
        return ". ".join(["The settings in Cloudsmith match the token. The remaining causes are", *doubts])
    service = f"{status} suggests that {shown(evidence.account.slug)} is not the service account's slug"
    workspace = f"{status} suggests that {shown(evidence.account.org)} is not the workspace's slug"
    hints = [hint for code, hint in ((400, service), (404, workspace), (422, service)) if code == status]
    if evidence.workspace.providers is None and any(one.code == "api-key-refused" for one in evidence.workspace.unread):
        hints.append("Cloudsmith refused the API key, so explain could not look there: see api-key-refused")
    hints.append(CODES["exchange-refused"].action)
    if any(value.endswith("*") for _, value in evidence.expectations.claims):
        hints.append("Also try the wildcard's other spelling, .* or *")
    return ". ".join(hints)


def _doubts(match: ProviderMatch, issuer: str) -> Iterator[str]:
    """Yield why a match may not be one for Cloudsmith, the likeliest first, then the cause that is always possible."""
    for claim in match.claims[:_MAX_CLAIMS]:
        label, required = one_line(claim.name), as_compared(claim.required)
        if claim.doubt == "wildcard":
            start = before_wildcard(required) or ""
            other = f"{start}*" if required == f"{start}.*" else f"{start}.*"
            yield (
                "Cloudsmith may accept only the other spelling of the wildcard (its pages disagree): "
                f"enter {label} = {one_line(other)}"
            )
        elif claim.doubt == "list":
            yield f"{label} is a list, and Cloudsmith may not match lists: try it without this claim"
    if match.provider.url != issuer:
        yield "the provider URL ends in a slash: enter it without the slash"
    if match.provider.jwks:
        yield "Cloudsmith cannot use the uploaded keys: write and upload them anew, or ask its support"
    else:
        yield "Cloudsmith cannot reach the issuer from the Internet, or still has an old copy of its keys"
