"""What Cloudsmith answered to the exchange."""

import re
from collections.abc import Iterator

from cloudsmith_oidc.errors import (
    CloudsmithOidcError,
    ExchangeRefusedError,
    ServiceMismatchError,
    ThrottledError,
    UnexpectedAnswerError,
    UnreachableError,
)
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import CODES, Finding, finding
from cloudsmith_oidc.explain.text import shown

_CODES: tuple[tuple[type[CloudsmithOidcError], str], ...] = (
    (ExchangeRefusedError, "exchange-refused"),
    (ServiceMismatchError, "service-mismatch"),
    (ThrottledError, "exchange-throttled"),
    (UnreachableError, "exchange-unreachable"),
    (UnexpectedAnswerError, "exchange-not-understood"),
)
_STATUS = re.compile(r"\((\d{3})")
"""The status in the message of an `ExchangeRefusedError`, which names it before anything that Cloudsmith said."""


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
    """Say what the status suggests, if anything, then where to look in Cloudsmith."""
    status = _STATUS.search(refused.message)
    service = f"suggests that {shown(evidence.account.slug)} is not the service account's slug"
    suggestions = {
        "400": service,
        "404": f"suggests that {shown(evidence.account.org)} is not the workspace's slug",
        "422": service,
    }
    hints = [f"{status[1]} {suggestions[status[1]]}"] if status and status[1] in suggestions else []
    hints.append(CODES["exchange-refused"].action)
    if any(value.endswith("*") for _, value in evidence.expectations.claims):
        hints.append("Try the wildcard's other spelling, * or .*, too")
    return ". ".join(hints)
