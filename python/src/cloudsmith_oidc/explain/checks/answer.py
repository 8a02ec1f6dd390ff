"""What Cloudsmith answered to the exchange."""

from collections.abc import Iterator
from itertools import count

from cloudsmith_oidc.errors import (
    CloudsmithOidcError,
    ExchangeRefusedError,
    ServiceMismatchError,
    ThrottledError,
    UnexpectedAnswerError,
    UnreachableError,
)
from cloudsmith_oidc.explain.comparison import Comparison, comparisons
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import CODES, Finding, finding
from cloudsmith_oidc.explain.matching import before_wildcard, text
from cloudsmith_oidc.explain.text import shown
from cloudsmith_oidc.redaction import one_line

_CODES: tuple[tuple[type[CloudsmithOidcError], str], ...] = (
    (ExchangeRefusedError, "exchange-refused"),
    (ServiceMismatchError, "service-mismatch"),
    (ThrottledError, "exchange-throttled"),
    (UnreachableError, "exchange-unreachable"),
    (UnexpectedAnswerError, "exchange-not-understood"),
)
_MAX_CLAIMS = 5


def outcome(evidence: Evidence) -> Iterator[Finding]:
    """Report why the exchange gave no token."""
    error = evidence.exchange_error
    code = next((code for kind, code in _CODES if isinstance(error, kind)), None)
    if error is not None and code is not None:
        yield finding(
            code,
            found=error.message,
            expected=f"a token of the service account {shown(evidence.account.slug)}",
            hint=_where_to_look(evidence, error) if isinstance(error, ExchangeRefusedError) else error.hint,
        )


def _where_to_look(evidence: Evidence, refused: ExchangeRefusedError) -> str:
    """Say what is left where Cloudsmith's side is known; else what the status suggests, and where to look."""
    service = f"suggests that {shown(evidence.account.slug)} is not the service account's slug"
    suggestions = {
        400: service,
        404: f"suggests that {shown(evidence.account.org)} is not the workspace's slug",
        422: service,
    }
    entered = comparisons(evidence)[:1]
    if evidence.cloudsmith and evidence.cloudsmith.providers is not None and evidence.issuer is not None:
        if not entered or entered[0].troubles:
            return "First correct in Cloudsmith what was found there"
        return ". ".join(["What is entered in Cloudsmith fits the token. What is left", *_doubts(entered[0], evidence)])
    hints = [f"{refused.status} {suggestions[refused.status]}"] if refused.status in suggestions else []
    hints.append(CODES["exchange-refused"].action)
    if any(value.endswith("*") for _, value in evidence.expectations.claims):
        hints.append("Try the wildcard's other spelling, * or .*, too")
    return ". ".join(hints)


def _doubts(entered: Comparison, evidence: Evidence) -> Iterator[str]:
    """Say what of a match is not certain, the likeliest first, and what remains if all of it is."""
    number = count(1)
    for claim in entered.claims[:_MAX_CLAIMS]:
        label, required = one_line(claim.name), text(claim.required)
        if claim.doubt == "wildcard":
            start = before_wildcard(required) or ""
            other = f"{start}*" if required == f"{start}.*" else f"{start}.*"
            yield (
                f"({next(number)}) Cloudsmith may take only the other spelling of the wildcard (its pages disagree): "
                f"enter {label} = {one_line(other)}"
            )
        elif claim.doubt == "list":
            yield f"({next(number)}) {label} is a list, which Cloudsmith may not match: try it without this claim"
    if entered.settings.url != evidence.issuer:
        yield f"({next(number)}) the provider URL ends in a slash: enter it without"
    yield (
        f"({next(number)}) Cloudsmith cannot reach the issuer from the Internet, or still has an old copy of its keys"
    )
