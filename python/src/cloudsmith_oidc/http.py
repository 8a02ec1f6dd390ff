"""The one way out to the network: bounded in time and size, TLS always verified, no redirect followed."""

import ipaddress
import json as jsonlib
import os
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.request import getproxies

import httpx

from cloudsmith_oidc import log
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import (
    PermanentError,
    SettingsError,
    UnexpectedAnswerError,
    UnreachableError,
)
from cloudsmith_oidc.redaction import one_line, quoted
from cloudsmith_oidc.version import __version__

MAX_ANSWER_BYTES = 1024 * 1024
_MAX_DATE = 100
_UNESCAPED_LOGIN = re.compile(r"(?:\w+://)?+[^/?#]*[/?#].*@", re.ASCII | re.DOTALL)
"""The URL of a proxy, if a login in it has a character that ends the host: its start would be shown as the host."""
_BREAK = re.compile("closed|disconnected")
"""In the words of httpcore and h11 for a connection that ends too early, as opposed to an answer that is not HTTP."""
_PASSING = ("408", "425", "429")
"""Refusals of a proxy that may pass. Others of the kind 4xx, such as 407 and 403, do not."""
_LOOK_AT_TIMES = "Look at the certificate, and at this machine's clock"
_CERTIFICATE_HINTS = {9: _LOOK_AT_TIMES, 10: _LOOK_AT_TIMES, 62: "Look at the host's name, and at its certificate"}
"""By OpenSSL's codes: a certificate that is not valid yet, or no longer, or not for this name."""
CA_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""The first that is set names the certificate authorities. The last two are those of other tools on the machine."""


@dataclass(frozen=True)
class Answer:
    """A complete HTTP answer. `body` may hold a token and is kept out of `repr`."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def is_loopback(host: str) -> bool:
    """Return whether `host` names this machine by definition (RFC 6761 `localhost`, 127.0.0.0/8, ::1)."""
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
        self._loaded_authorities: ssl.SSLContext | None = None
        self.clock_offsets: dict[str, timedelta] = {}
        """By host: how far this machine's clock is ahead of the host's, as its last answer said (`Date`, `Age`)."""

    def request(
        self,
        method: str,
        url: str,
        *,
        deadline: Deadline,
        json: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return the whole answer, whatever its status.

        Raises `UnreachableError` for everything between here and the server, `UnexpectedAnswerError` for a redirect,
        an encoded or an oversized answer, and `SettingsError` for proxies or CA files that cannot be used.
        """
        parsed = httpx.URL(url)
        # `parsed.host` is decoded from Punycode, and raises an error for text that only looks like it.
        host = parsed.raw_host.decode("ascii")
        loopback = is_loopback(host)
        if parsed.scheme != "https" and not (parsed.scheme == "http" and loopback):
            raise SettingsError(
                f"{quoted(url)} is not an https URL", hint="Use https; plain http is for a loopback host only"
            )
        name = one_line(parsed.netloc.decode("ascii"))
        # Plain http needs no CA certificates. An empty context rejects every server.
        https = parsed.scheme == "https"
        authorities = self._authorities(deadline) if https else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        way = _Way(name)
        trace = _trace(host, way)

        def send() -> Answer:
            with (
                self._connect(authorities, trust_env=not loopback, deadline=deadline) as client,
                client.stream(method, parsed, json=json, headers=headers, extensions={"trace": trace}) as response,
            ):
                return Answer(response.status_code, response.headers, _read(response, name))

        try:
            answer = deadline.run(send)
        except TimeoutError:
            raise UnreachableError(
                f"{way.place} gave no complete answer in time", hint=f"{way.hint}, or raise the timeout"
            ) from None
        except httpx.TransportError as error:
            raise _unreachable(way, error) from None
        except UnicodeError:
            # Name resolution raises this for an empty or too long part of a name.
            raise PermanentError(f"{way.place} cannot be a host name", hint="Look at its URL") from None
        offset = _clock_offset(answer.headers)
        if offset is not None:
            self.clock_offsets[host] = offset
        return answer

    def _authorities(self, deadline: Deadline) -> ssl.SSLContext:
        """Return the certificate authorities to trust, loaded once: httpx would load them for each client and proxy."""

        def load() -> ssl.SSLContext:
            variable = _ca_variable()
            place = os.environ.get(variable)
            if self._ca_bundle is not None:
                context = ssl.create_default_context(cadata=self._ca_bundle)
            elif place and (variable == "SSL_CERT_DIR" or Path(place).is_dir()):
                # OpenSSL also takes several directories, with colons between them.
                context = ssl.create_default_context(capath=place)
            elif place:
                context = ssl.create_default_context(cafile=place)
            else:
                context = httpx.create_ssl_context(trust_env=False)
            # Like clients of today, and unlike OpenSSL by itself: the name in a certificate's subject says nothing.
            context.hostname_checks_common_name = False
            return context

        if self._loaded_authorities is None:
            log.debug("loads certificate authorities", source=_source_of_authorities(self._ca_bundle).rstrip(","))
            try:
                self._loaded_authorities = deadline.run(load)
            except OSError as error:
                raise _unusable(self._ca_bundle, error) from None
        return self._loaded_authorities

    def _connect(self, authorities: ssl.SSLContext, *, trust_env: bool, deadline: Deadline) -> httpx.Client:
        unusable = SettingsError(
            "the proxy settings cannot be used",
            hint="Set HTTPS_PROXY to http://HOST:PORT or https://HOST:PORT. In a login before HOST, write / ? # as %2F "
            "%3F %23",
        )
        if trust_env and any(map(_UNESCAPED_LOGIN.match, getproxies().values())):
            raise unusable
        try:
            return httpx.Client(
                verify=authorities,
                trust_env=trust_env,
                follow_redirects=False,
                timeout=deadline.remaining(),
                headers={
                    "User-Agent": f"cloudsmith-oidc/{__version__}",
                    "Accept": "application/json",
                    # A compressed answer could unpack to any size, whatever the limit on what is read.
                    "Accept-Encoding": "identity",
                },
            )
        except (ValueError, ImportError, httpx.InvalidURL):
            # The message would quote the proxy's URL, which may hold a password.
            raise unusable from None


@dataclass
class _Way:
    """How far a connection to the host `name` has come. `place` is what may be at fault for a failure at this point."""

    name: str

    def __post_init__(self) -> None:
        self.arrive()

    def arrive(self) -> None:
        self.proxy, self.place, self.hint = "", self.name, "Look whether the host is up"

    def come_to_proxy(self, proxy: str) -> None:
        self.proxy, self.place = proxy, f"the proxy {proxy}"
        self.hint = "Look at HTTPS_PROXY, and at NO_PROXY for hosts that need no proxy"
        if is_loopback(proxy.rpartition(":")[0]):
            self.hint += f". In a container, {proxy} is in the container itself: use the option network, 'host'"

    def enter_tunnel(self) -> None:
        self.place = f"{self.name} through the proxy {self.proxy}"


def _trace(host: str, way: _Way) -> Callable[[str, Mapping[str, Any]], None]:
    """Return a function that logs where a connection for `host` really goes, without a proxy's login."""

    def trace(event: str, details: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            address = details["host"]
            place = one_line(f"[{address}]" if ":" in address else address) + f":{details['port']}"
            if address != host:
                way.come_to_proxy(place)
            log.debug("connects", to=place, host=host, proxy=way.proxy or "none")
        elif event == "proxy.start_tls.started":
            way.enter_tunnel()
        elif event == "proxy.start_tls.complete":
            way.arrive()

    return trace


def _ca_variable() -> str:
    return next(filter(os.environ.get, CA_VARIABLES), "")


def _source_of_authorities(ca_bundle: str | None) -> str:
    if ca_bundle is not None:
        return "after the token on standard input"
    variable = _ca_variable()
    return f"in {variable}, {quoted(os.environ[variable])}," if variable else "of this program"


def _unusable(ca_bundle: str | None, error: OSError) -> SettingsError:
    if isinstance(error, ssl.SSLError):
        why = "are not in PEM form"
    else:
        why = f"cannot be read ({error.strerror})" if error.strerror else "could not be read to their end in time"
    return SettingsError(
        f"the certificate authorities {_source_of_authorities(ca_bundle)} {why}",
        hint="Set SSL_CERT_FILE to a PEM file of certificate authorities, or unset it",
    )


def _read(response: httpx.Response, name: str) -> bytes:
    if response.is_redirect:
        location = response.headers.get("location", "")
        try:
            target = one_line(httpx.URL(location).host) or name
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
        sent = parsedate_to_datetime(headers["date"][:_MAX_DATE]) + timedelta(seconds=int(headers.get("age", "0")))
        return datetime.now(UTC) - sent
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _unreachable(way: _Way, error: httpx.TransportError) -> UnreachableError:
    if isinstance(error, httpx.TimeoutException):
        return UnreachableError(f"{way.place} did not answer in time", hint=way.hint)
    if isinstance(error, httpx.ProxyError):
        answer = one_line(str(error))
        kind = PermanentError if answer.startswith("4") and answer[:3] not in _PASSING else UnreachableError
        return kind(
            f"{way.place} refused to connect to {way.name}: {answer}",
            hint="Look at HTTPS_PROXY and NO_PROXY, and at the proxy's rules",
        )
    reason = ""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(way.name, cause)
        if isinstance(cause, ssl.SSLError):
            why = one_line(str(cause.reason)).replace("_", " ").lower()
            hint = "Look at the server's TLS, and at the proxy" if way.proxy else "Look at the server's TLS"
            return UnreachableError(f"the TLS connection to {way.place} failed: {why}", hint=hint)
        if isinstance(cause, OSError) and cause.strerror:
            reason = reason or cause.strerror
    if isinstance(error, httpx.ConnectError):
        hint = "Look at the host name, the firewall, and HTTPS_PROXY if this machine needs a proxy"
        what = f"cannot connect to {way.place}: {reason or 'no connection'}"
    elif isinstance(error, httpx.RemoteProtocolError) and not _BREAK.search(str(error)):
        hint, what = way.hint, f"{way.place} sent something that is not HTTP"
    else:
        hint, what = "Try again", f"the connection to {way.place} broke off"
    return UnreachableError(what, hint=way.hint if way.proxy else hint)


def _untrusted(name: str, error: ssl.SSLCertVerificationError) -> PermanentError:
    # The file of another tool may hold one private CA and no public ones.
    trusted = f"{variable} names all authorities that are trusted. " if (variable := _ca_variable()) else ""
    private = f"{trusted}If a private CA signs it, name its PEM file in SSL_CERT_FILE"
    return PermanentError(
        f"the TLS connection to {name} failed: {one_line(error.verify_message).rstrip('.')}",
        hint=_CERTIFICATE_HINTS.get(error.verify_code, private),
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def json_object(answer: Answer) -> dict[str, Any] | None:
    """Return the answer's JSON object, None if it is anything else."""
    decoded = json_value(answer)
    return decoded if isinstance(decoded, dict) else None


def json_value(answer: Answer) -> Any:  # noqa: ANN401 - it can be any JSON
    """Return the answer's JSON value, None if it holds none."""
    try:
        return jsonlib.loads(answer.body)
    except (ValueError, RecursionError):
        return None
