"""Answers, and the ways in which they fail. A fault is data, queued for an endpoint and used once.

For the next two answers: `sandbox.faults.add("exchange", faults.status(503), faults.throttled("2"))`.
Until `clear()`: `sandbox.faults.always("discovery", faults.hang())`.
"""

import gzip
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from http import HTTPStatus
from typing import Literal

import jwt

from sandbox.clock import Clock

MIB = 1024 * 1024
THIS_MACHINE = Clock()
DRIP_SECONDS = 0.1
"""Between two bytes of a dripping answer: quick enough to defeat a time-out per read."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. A `Content-Length` among the headers is sent even if it is wrong."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    chunked: bool = False

    def raw(self, method: str = "GET", clock: Clock = THIS_MACHINE) -> bytes:
        """The bytes on the wire, dated by a clock."""
        reason = HTTPStatus(self.status).phrase
        length = {"Transfer-Encoding": "chunked"} if self.chunked else {"Content-Length": str(len(self.body))}
        lines = [
            f"{name}: {value}" for name, value in ({"Date": clock.http_date()} | length | dict(self.headers)).items()
        ]
        head = "\r\n".join([f"HTTP/1.1 {self.status} {reason}", *lines, "", ""]).encode("latin-1")
        if method == "HEAD":
            return head
        return head + (b"%x\r\n%b\r\n0\r\n\r\n" % (len(self.body), self.body) if self.chunked else self.body)


def json_answer(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(document).encode(), {"Content-Type": "application/json"} | dict(headers or {}))


def with_headers(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """Return the answer with more headers."""
    return replace(answer, headers={**answer.headers, **headers})


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One misbehaviour.

    `answer` is sent instead of the true one, or the bytes `wire` that are none. Only the first `keep` bytes are sent
    (counted from the end when negative), and `then` the connection is closed, reset, or held open in silence. From the
    byte `drip` on, bytes are sent one by one.
    """

    answer: Answer | None = None
    wire: bytes | None = None
    keep: int | None = None
    then: Literal["close", "reset", "hang"] = "close"
    drip: int | None = None

    @property
    def breaks_connection(self) -> bool:
        """Whether no further request can follow on the connection."""
        return self.keep is not None or self.drip is not None or self.wire is not None

    def send(self, connection: socket.socket, raw: bytes, released: threading.Event) -> None:
        """Misbehave on a connection, at most until `released` is set."""
        raw = (raw if self.wire is None else self.wire)[: self.keep]
        connection.sendall(raw[: self.drip])
        for byte in raw[self.drip :] if self.drip is not None else b"":
            connection.sendall(bytes([byte]))
            if released.wait(DRIP_SECONDS):
                return
        if self.then == "hang":
            released.wait()
        if self.then == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Faults:
    """The faults of the next answers, by endpoint."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self._queues: dict[str, deque[Fault]] = {}
        self._standing: dict[str, Fault] = {}
        self._lock = threading.Lock()

    def add(self, endpoint: str, *faults: Fault, times: int = 1) -> None:
        """Queue faults for the next answers of an endpoint."""
        with self._lock:
            self._queues.setdefault(endpoint, deque()).extend(faults * times)

    def always(self, endpoint: str, fault: Fault) -> None:
        """Use a fault for every answer after the queued ones, until cleared."""
        with self._lock:
            self._standing[endpoint] = fault

    def take(self, endpoint: str) -> Fault | None:
        """The fault for the next answer, if any."""
        with self._lock:
            queue = self._queues.get(endpoint)
            return queue.popleft() if queue else self._standing.get(endpoint)

    def clear(self) -> None:
        """Remove all faults, and release the connections that hang or drip."""
        with self._lock:
            self._queues.clear()
            self._standing.clear()
            self.released.set()
            self.released = threading.Event()


def status(code: int, detail: str = "") -> Fault:
    """Return an error in the vendor's form."""
    return Fault(answer=json_answer({"detail": detail or HTTPStatus(code).phrase}, code))


def throttled(retry_after: str | None = None) -> Fault:
    """Return 429 with the vendor's text; `retry_after` is a number of seconds or an HTTP date (`Clock.http_date`)."""
    text = "Request was throttled."
    if retry_after is not None and retry_after.isdigit():
        text += f" Expected available in {retry_after}.0 seconds."
    fault = status(HTTPStatus.TOO_MANY_REQUESTS, text)
    return fault if retry_after is None else header(fault, "Retry-After", retry_after)


def header(fault: Fault, name: str, value: str) -> Fault:
    """Return the fault with one more header in its answer."""
    return replace(fault, answer=with_headers(fault.answer or Answer(), {name: value}))


def reset(after: int = 0) -> Fault:
    """Reset the connection after so many bytes of the answer."""
    return Fault(keep=after, then="reset")


def hang(after: int = 0) -> Fault:
    """Send nothing after so many bytes of the answer, and keep the connection open."""
    return Fault(keep=after, then="hang")


def drip(*, head: bool = True) -> Fault:
    """Send an endless answer byte by byte, from the status line on, or with `head=False` from the body on."""
    endless = Answer(201, b" " * 100_000, {"Content-Type": "application/json"})
    return Fault(answer=endless, drip=0 if head else len(endless.raw("HEAD")))


def html(code: int = 200) -> Fault:
    """Return a page for people, as captive portals and reverse proxies send it."""
    page = b"<!DOCTYPE html>\n<html><title>Sign in</title><body>Please sign in.</body></html>\n"
    return Fault(answer=Answer(code, page, {"Content-Type": "text/html; charset=utf-8"}))


def redirect(to: str, code: int = 302) -> Fault:
    """Return a redirection."""
    return Fault(answer=Answer(code, headers={"Location": to}))


def token(value: object, code: int = 201) -> Fault:
    """Return the exchange's answer with any value of "token"."""
    return Fault(answer=json_answer({"token": value}, code))


def body(content: bytes, code: int = 201, content_type: str = "application/json") -> Fault:
    """Return an answer of any bytes."""
    return Fault(answer=Answer(code, content, {"Content-Type": content_type}))


def document(value: object, code: int = 201) -> Fault:
    """Return an answer of any JSON."""
    return Fault(answer=json_answer(value, code))


@cache
def oversized(size: int = 5 * MIB, *, chunked: bool = False, gzipped: bool = False) -> Fault:
    """Return correct JSON that is too long: with a length, chunked, or small only while compressed."""
    content = b'{"token": "' + b"a" * size + b'"}'
    if gzipped:
        return header(body(gzip.compress(content)), "Content-Encoding", "gzip")
    return Fault(answer=Answer(201, content, {"Content-Type": "application/json"}, chunked=chunked))


CHUNKED = Answer(201, b" " * 1000, {"Content-Type": "application/json"}, chunked=True)

BROKEN_CONNECTIONS: Mapping[str, Fault] = {
    "closed": Fault(keep=0),
    "cut": Fault(keep=-10),
    "cut-chunk": Fault(answer=CHUNKED, keep=-500),
    "no-last-chunk": Fault(answer=CHUNKED, keep=-5),
    "no-chunk": Fault(wire=CHUNKED.raw("HEAD") + b"neither a size nor a chunk\r\n"),
    "not-http": Fault(wire=b"220 mail.example.com ESMTP\r\n\r\n"),
    "reset": reset(),
    "reset-in-the-head": reset(after=30),
    "reset-in-the-body": reset(after=-10),
}
"""They end at once, and a retry is right."""

SILENT_CONNECTIONS: Mapping[str, Fault] = {
    "hang": hang(),
    "hang-in-the-head": hang(after=30),
    "hang-in-the-body": hang(after=-10),
    "drip": drip(),
    "drip-in-the-body": drip(head=False),
}
"""Only a deadline ends them."""

SERVER_ERRORS: Mapping[str, Fault] = {f"status-{code}": status(code) for code in (500, 502, 503, 504)}
"""A retry is right."""

REFUSALS: Mapping[str, Fault] = {f"status-{code}": status(code) for code in (400, 401, 403, 404, 422)}
"""A retry is useless."""

STRANGE_ANSWERS: Mapping[str, Fault] = {
    "empty": body(b""),
    "empty-token": token(""),
    "gzip-bomb": oversized(gzipped=True),
    "html": html(),
    "invalid-utf8": body(b'{"token": "\xff\xfe"}'),
    "json-list": document(["token"]),
    "json-string": document("token"),
    "no-token": document({}),
    "not-a-jwt": token("sesame"),
    "null-token": token(None),
    "number-token": token(7),
    "oversized": oversized(),
    "oversized-chunked": oversized(chunked=True),
    **{f"redirect-{code}": redirect("https://elsewhere.example.com/", code) for code in (301, 302, 307)},
    "status-204": Fault(answer=Answer(204)),
    "truncated-json": body(b'{"token": "'),
}
"""Answers of the exchange without a usable token."""

KEY = b"k" * 32
"""Nobody verifies what it signs."""
NAMED: Mapping[str, Fault] = {
    **BROKEN_CONNECTIONS,
    **SILENT_CONNECTIONS,
    **SERVER_ERRORS,
    **REFUSALS,
    **STRANGE_ANSWERS,
    **{f"status-{code}": status(code) for code in (407, 408, 418, 425, 501)},
    "503-for-an-hour": header(status(503), "Retry-After", "3304"),
    "429": throttled(),
    **{f"429-until-{moment[:20]}": throttled(moment) for moment in ("1", "3304", "soon", "Sun, 99 Foo")},
    **{f"429-until-{moment[:12]}": throttled(moment) for moment in ("9" * 400, "Sun, 06 Nov 99999999999 08:49:37 GMT")},
    **{f"429-until-1994{zone}": throttled(f"Sun, 06 Nov 1994 08:49:37{zone}") for zone in (" GMT", "")},
    "token-without-exp": token(jwt.encode({"service_slug": "ci-reader"}, KEY)),
    "token-of-another-service": token(jwt.encode({"exp": 9_999_999_999, "service_slug": "deployer"}, KEY)),
    "token-without-service": token(jwt.encode({"exp": 9_999_999_999}, KEY)),
    "header-without-end": Fault(answer=Answer(201, headers={"X": "a" * 5 * MIB})),
    "plain-http-in-the-tunnel": Fault(wire=b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n"),
    "silent-tunnel": Fault(wire=b"HTTP/1.1 200 OK\r\n\r\n", then="hang"),
}
"""All faults that need no more than a name."""
