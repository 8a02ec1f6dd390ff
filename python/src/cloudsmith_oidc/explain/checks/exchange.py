"""What Cloudsmith said."""

from collections.abc import Iterator

from cloudsmith_oidc.errors import (
    ExchangeRefusedError,
    ServiceMismatchError,
    ThrottledError,
    UnexpectedAnswerError,
    UnreachableError,
)
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import CODES, Finding, finding
from cloudsmith_oidc.explain.text import shown

_CODES = (
    (ExchangeRefusedError, "exchange-refused"),
    (ServiceMismatchError, "service-mismatch"),
    (ThrottledError, "exchange-throttled"),
    (UnreachableError, "exchange-unreachable"),
    (UnexpectedAnswerError, "exchange-not-understood"),
)


def outcome(evidence: Evidence) -> Iterator[Finding]:
    """Report why the exchange gave no token."""
    error = evidence.exchange_error
    code = next((code for kind, code in _CODES if isinstance(error, kind)), None)
    if error is not None and code is not None:
        yield finding(
            code,
            found=error.message,
            expected=f"a token of the service account {shown(evidence.account.slug)}",
            hint=_refusal_hint(evidence) if code == "exchange-refused" else error.hint,
        )


def _refusal_hint(evidence: Evidence) -> str:
    audience = evidence.token.claims.get("aud") if evidence.token else None
    last = f". {CODES['audience-is-list'].action}" if isinstance(audience, list) else ""
    return CODES["exchange-refused"].action + last
