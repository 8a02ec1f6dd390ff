"""The one way out to the network: bounded in time and size, TLS always verified, no redirect followed."""

import ipaddress
import json as jsonlib
import os
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, TypeVar

import httpx

from cloudsmith_oidc import __version__
from cloudsmith_oidc.errors import (
    SettingsError,
    UnexpectedAnswerError,
    UnreachableError,
    UntrustedCertificateError,
)

MAX_ANSWER_BYTES = 1024 * 1024

_T = TypeVar("_T")


class Deadline:
    """A point in time that everything in one exchange has to end before.

    `seconds` is counted from construction on a clock that nobody can set.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left, never less than 0."""
        return max(0.0, self._end - time.monotonic())


@dataclass(frozen=True)
class Answer:
    """A complete HTTP answer. `body` may hold a token and is kept out of `repr`."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def is_loopback(host: str) -> bool:
    """Say whether `host` names this machine by definition (RFC 6761 `localhost`, 127.0.0.0/8, ::1)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class HttpClient:
    """Send requests. `ca_bundle`, PEM text, replaces the default certificate authorities as `SSL_CERT_FILE` does.

    Proxies come from `HTTPS_PROXY` and `NO_PROXY`. Requests to a loopback host never go through a proxy: they may be
    plain http, and would carry a token in the clear to another machine.
    """

    def __init__(self, ca_bundle: str | None = None) -> None:
        self._ca_bundle = ca_bundle
        self.clock_offsets: dict[str, timedelta] = {}
        """By host: how far this machine's clock is ahead of the host's, as its last answer said (`Date`, `Age`)."""

    def request(
        self,
        method: str,
        url: str,
        *,
        deadline: Deadline,
        json: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Answer:
        """Send one request and read the whole answer, whatever its status, except a redirect.

        Raises `UnreachableError` for everything between here and the server, `UnexpectedAnswerError` for a redirect,
        an encoded or an oversized answer, and `SettingsError` for proxies or CA files that cannot be used.
        """
        parsed = httpx.URL(url)
        loopback = is_loopback(parsed.host)
        if parsed.scheme != "https" and not (parsed.scheme == "http" and loopback):
            raise SettingsError(f"{url} is not an https URL", hint="Use https; plain http is for a loopback host only")
        name = parsed.netloc.decode("ascii")

        def send() -> Answer:
            with (
                self._connect(parsed.scheme, trust_env=not loopback, deadline=deadline) as client,
                client.stream(method, parsed, json=json, auth=auth) as response,
            ):
                return Answer(response.status_code, response.headers, _read(response, name))

        try:
            answer = _within(deadline, send)
        except TimeoutError:
            raise UnreachableError(
                f"{name} gave no complete answer in time", hint="Look whether the host is up, or raise the timeout"
            ) from None
        except httpx.TransportError as error:
            raise _unreachable(name, error) from None
        except UnicodeError:
            # What name resolution says of an empty or too long part of a name.
            raise UnreachableError(f"{name} cannot be a host name", hint="Look at the host's name") from None
        offset = _clock_offset(answer.headers)
        if offset is not None:
            self.clock_offsets[parsed.host] = offset
        return answer

    @cached_property
    def _authorities(self) -> ssl.SSLContext:
        """The certificate authorities to trust, loaded once: httpx would load them for every client and every proxy."""
        if self._ca_bundle is not None:
            return ssl.create_default_context(cadata=self._ca_bundle)
        return httpx.create_ssl_context()

    def _connect(self, scheme: str, *, trust_env: bool, deadline: Deadline) -> httpx.Client:
        try:
            return httpx.Client(
                # Plain http needs no authorities. Without any, a context trusts nobody.
                verify=self._authorities if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                trust_env=trust_env,
                follow_redirects=False,
                timeout=deadline.remaining(),
                headers={
                    "User-Agent": f"cloudsmith-oidc/{__version__}",
                    "Accept": "application/json",
                    # A compressed answer could unpack to any size, whatever limit is put on what is read.
                    "Accept-Encoding": "identity",
                },
            )
        except (OSError, ssl.SSLError) as error:
            where = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
            source = "that follows the token on standard input" if self._ca_bundle is not None else f"({where})"
            raise SettingsError(
                f"the CA bundle {source} cannot be loaded: {type(error).__name__}",
                hint="Give a readable PEM file of certificate authorities in SSL_CERT_FILE",
            ) from None
        except (ValueError, ImportError, httpx.InvalidURL):
            # The message would quote the proxy's URL, which may hold a password.
            raise SettingsError(
                "the proxy settings cannot be used", hint="Set HTTPS_PROXY to http://HOST:PORT or https://HOST:PORT"
            ) from None


def _read(response: httpx.Response, name: str) -> bytes:
    if response.is_redirect:
        location = response.headers.get("location", "")
        try:
            target = httpx.URL(location).host or name
        except httpx.InvalidURL:
            target = "nowhere"
        raise UnexpectedAnswerError(
            f"{name} answered with a redirect ({response.status_code}) to {target}, which is not followed",
            hint="Use the URL that it redirects to, if that is the right host",
        )
    if response.headers.get("content-encoding", "identity") != "identity":
        raise UnexpectedAnswerError(
            f"{name} sent a compressed answer that was not asked for", hint="Look for a proxy that rewrites answers"
        )
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise UnexpectedAnswerError(
                f"{name} sent more than {MAX_ANSWER_BYTES} bytes", hint="Look whether this is really the right host"
            )
    return bytes(body)


def _clock_offset(headers: Mapping[str, str]) -> timedelta | None:
    try:
        # A cache keeps the date of the answer it stored, and says how long ago that was (RFC 9111, section 5.1).
        sent = parsedate_to_datetime(headers["date"]) + timedelta(seconds=int(headers.get("age", "0")))
        return datetime.now(UTC) - sent
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _within(deadline: Deadline, call: Callable[[], _T]) -> _T:
    """Return what `call` returns, or raise `TimeoutError` at the deadline.

    A thread, because nothing else bounds it all: httpx's time-outs start anew with every byte received, and name
    resolution has none. A daemon, so that one that is stuck does not keep the process alive.
    """
    outcome: list[_T | BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(deadline.remaining())
    if not outcome:
        raise TimeoutError
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


def _unreachable(name: str, error: httpx.TransportError) -> UnreachableError:
    if isinstance(error, httpx.TimeoutException):
        return UnreachableError(f"{name} did not answer in time", hint="Look whether the host is up")
    if isinstance(error, httpx.ProxyError):
        return UnreachableError(
            f"the proxy refused to connect to {name}", hint="Look at HTTPS_PROXY and NO_PROXY, and at the proxy's rules"
        )
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UntrustedCertificateError(
                f"the TLS connection to {name} failed: {str(cause.verify_message).rstrip('.')}",
                hint="If a private CA signs it, name its PEM file in SSL_CERT_FILE",
            )
        if isinstance(cause, ssl.SSLError):
            reason = str(cause.reason).replace("_", " ").lower()
            return UnreachableError(f"the TLS connection to {name} failed: {reason}", hint="Look at the server's TLS")
    if isinstance(error, httpx.ConnectError):
        return UnreachableError(
            f"cannot connect to {name}: {_errno_text(error)}",
            hint="Look at the host name, the firewall, and HTTPS_PROXY if this machine needs a proxy",
        )
    return UnreachableError(f"the connection to {name} broke off", hint="Try again")


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


def _errno_text(error: BaseException) -> str:
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return "no connection"


def json_object(answer: Answer) -> dict[str, Any] | None:
    """Return the answer's JSON object, `None` if it is anything else."""
    try:
        decoded = jsonlib.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None
