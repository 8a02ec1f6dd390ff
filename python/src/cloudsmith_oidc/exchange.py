"""One exchange: a Jenkins ID token in, a Cloudsmith token out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import tenacity

from cloudsmith_oidc import log
from cloudsmith_oidc.deadline import Deadline, timestamp
from cloudsmith_oidc.errors import (
    ExchangeRefusedError,
    PermanentError,
    ServiceMismatchError,
    TemporaryError,
    ThrottledError,
    UnexpectedAnswerError,
    UnreachableError,
)
from cloudsmith_oidc.http import Answer, HttpClient, json_object
from cloudsmith_oidc.id_token import IdToken, JwtView
from cloudsmith_oidc.redaction import one_line, protect

_REFUSED = frozenset({400, 401, 403, 404, 422})
_GRANTED = frozenset({200, 201})
_THROTTLED = 429
_SERVER_ERROR = 500
_TIMED_OUT = frozenset({408, 425})
"""The server, or a proxy in front of it, asks for the same request again."""
_LOOK_AT_HOST = "Look whether the API host is really Cloudsmith's, and for a proxy that puts its own pages in between"
_TOO_LATE_SECONDS = 0.1
_MAX_SPREAD_SECONDS = 10
"""In this time after a `Retry-After`, logins that were refused together come back."""
_FEW = 3
"""So many tries that fail have a line each on the console."""
_YEAR_SECONDS = 31_622_400.0
# Full jitter (wait a random time between 0 and a bound that doubles), so that agents which were refused together do
# not come back together.
_BACK_OFF = tenacity.wait_random_exponential(multiplier=0.5, max=10)


@dataclass(frozen=True)
class ServiceAccount:
    """The account to log in as: service account `slug` of the workspace `org`, at the API `api_host` (a base URL)."""

    api_host: str
    org: str
    slug: str


@dataclass(frozen=True)
class CloudsmithToken:
    """The token that Cloudsmith issued. Its package endpoints and its API accept it until `expires_at` (UTC)."""

    value: str = field(repr=False)
    expires_at: datetime

    @property
    def fingerprint(self) -> str:
        """The first 12 hex digits of the token's SHA-256, to identify the token in a log without showing it."""
        return hashlib.sha256(self.value.encode()).hexdigest()[:12]


def exchange(client: HttpClient, account: ServiceAccount, id_token: IdToken, *, timeout: float) -> CloudsmithToken:
    """Return a token of the service account in exchange for `id_token`.

    Connection errors, time-outs, 429 and 5xx are retried until `timeout` seconds have passed or the ID token has
    expired. Raises `ExchangeRefusedError`, `ThrottledError`, `UnreachableError` or `UnexpectedAnswerError`.
    """
    expires_at = id_token.time("exp")
    lifetime = (expires_at - datetime.now(UTC)).total_seconds() if expires_at else 0.0
    total = min(timeout, lifetime)
    deadline = Deadline(total)
    url = f"{account.api_host}/openid/{account.org}/"
    request = {"oidc_token": id_token.text, "service_slug": account.slug}

    def attempt() -> CloudsmithToken:
        log.debug("asks for a token", url=url, service=account.slug, seconds_left=round(deadline.remaining()))
        # Half of the time only, so that there is some left to try again after one lost connection.
        own = Deadline(min(total / 2, deadline.remaining()))
        return _token(client.request("POST", url, deadline=own, json=request), account.slug)

    earlier: list[TemporaryError] = []

    def before_sleep(state: tenacity.RetryCallState) -> None:
        error = _error(state)
        earlier.append(error)
        pause = f"tried again in {state.upcoming_sleep:.1f} s, {deadline.remaining():.0f} s are left"
        more = f". {_FEW} tries have failed: later ones are not shown" if len(earlier) == _FEW else ""
        say = log.warn if len(earlier) <= _FEW else log.debug
        say(f"{error.message}: {pause}{more}")

    def wait(state: tenacity.RetryCallState) -> float:
        asked = _error(state).retry_after
        # All that were refused together are asked to come back in the same second. Half of the time that is left after
        # it remains for the next attempt.
        spread = min(asked, _MAX_SPREAD_SECONDS, (deadline.remaining() - asked) / 2)
        return asked + max(tenacity.wait_random(0, spread)(state), _BACK_OFF(state))

    retry = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_may_pass),
        wait=wait,
        stop=lambda state: state.upcoming_sleep >= deadline.remaining(),
        before_sleep=before_sleep,
        reraise=True,
    )
    try:
        return retry(attempt)
    except TemporaryError as last:
        # An attempt that had no time left says less than the one before it.
        late = earlier and deadline.remaining() < _TOO_LATE_SECONDS
        raise (earlier[-1] if late else last) from None


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, TemporaryError) and not isinstance(error, PermanentError)


def _error(state: tenacity.RetryCallState) -> TemporaryError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, TemporaryError):  # pragma: no cover - tenacity asks only after such an error
        raise TypeError
    return error


def _token(answer: Answer, service: str) -> CloudsmithToken:
    """Return the token in the answer. Raises the error that the answer stands for."""
    if answer.status in _GRANTED:
        return _granted(answer, service)
    said, seconds = _vendor_text(answer), _retry_after(answer.headers)
    come_back = f"after {timestamp(datetime.now(UTC) + timedelta(seconds=seconds))}" if seconds else "later"
    if answer.status in _REFUSED:
        raise ExchangeRefusedError(
            f"Cloudsmith refused the exchange ({answer.status}{said})",
            hint="Run cloudsmith-oidc explain with the same settings to see why",
            status=answer.status,
        )
    if answer.status == _THROTTLED:
        raise ThrottledError(
            f"Cloudsmith's rate limit is used up (429{said})",
            hint=f"Come back {come_back}; the limit is per IP address, which agents behind one NAT share",
            retry_after=seconds,
        )
    if answer.status >= _SERVER_ERROR or answer.status in _TIMED_OUT:
        hint = f"Come back {come_back}, or raise the timeout"
        raise UnreachableError(f"Cloudsmith answered {answer.status}{said}", hint=hint, retry_after=seconds)
    problem = f"the API answered with the status {answer.status}, which is not understood"
    raise UnexpectedAnswerError(problem, hint=_LOOK_AT_HOST)


def _vendor_text(answer: Answer) -> str:
    """Return the vendor's message, fit for a log: `: <detail> (<field names>)`, or ""."""
    body = json_object(answer) or {}
    said = body.get("detail") or body.get("error")
    text = f": {one_line(said)}" if isinstance(said, str) else ""
    fields = body.get("fields")
    return text + (f" ({one_line(', '.join(map(str, fields)))})" if isinstance(fields, dict) and fields else "")


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that `Retry-After` asks for (RFC 9110 §10.2.3: a number or a date), 0 if it is unreadable."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), _YEAR_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), _YEAR_SECONDS)


def _granted(answer: Answer, service: str) -> CloudsmithToken:
    body = json_object(answer)
    if body is None:
        raise UnexpectedAnswerError(
            f"the API answered {answer.status} with something that is not a JSON object",
            hint=_LOOK_AT_HOST,
        )
    # Taken out, so that a traceback with the values of variables does not show it.
    text = protect(str(body.pop("token", None) or ""))
    try:
        token = JwtView.parse(text)
    except ValueError as error:
        raise UnexpectedAnswerError(
            f"the API answered {answer.status} without a usable token: {error if text else 'it is empty'}",
            hint="Look whether the service account is active; if it is, tell Cloudsmith's support",
        ) from None
    expires_at = token.time("exp")
    if expires_at is None:
        raise UnexpectedAnswerError("Cloudsmith's token has no usable exp claim", hint="Tell Cloudsmith's support")
    issued_for = token.claims.get("service_slug")
    if issued_for != service:
        whose = f"for the service account {one_line(issued_for)}" if isinstance(issued_for, str) else "for nobody"
        raise ServiceMismatchError(
            f"Cloudsmith issued a token {whose}, not for {service}",
            hint="Look at the service accounts linked to this provider in Cloudsmith",
        )
    return CloudsmithToken(token.text, expires_at)
