"""The sandbox's own Internet: host names, the servers behind them, and what went over the wire."""

import socket
import socketserver
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import httpx

from sandbox.certificates import Certificates
from sandbox.clock import Clock
from sandbox.faults import Answer, Faults

TLS_HANDSHAKE = b"\x16"
POLL_SECONDS = 0.02
CLOUDSMITH = "Cloudsmith"
"""The user agent of Cloudsmith's own requests, which tells them from those of the tested program."""


@dataclass(frozen=True)
class Request:
    """One request as it arrived. `host` is what the client asked for, with a port unless it is the default one."""

    method: str
    scheme: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: httpx.Headers
    body: bytes
    endpoint: str = ""

    @property
    def origin(self) -> str:
        """Scheme and host, e.g. `https://api.cloudsmith.io`."""
        return f"{self.scheme}://{self.host}"

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form in the body."""
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def by_cloudsmith(self) -> bool:
        """Whether the sandbox's Cloudsmith sent it, and not a client."""
        return bool(self.headers.get("User-Agent") == CLOUDSMITH)


Route = tuple[str, Callable[[], Answer]]
"""The name of the endpoint (for faults and records) and the way to its true answer."""


class Service(Protocol):
    """What answers at a host name."""

    @property
    def clock(self) -> Clock:
        """The host's clock."""

    def route(self, request: Request) -> Route:
        """Return the endpoint of a request, without any effect."""


@dataclass
class Network:
    """The services by host name, and the requests and answers."""

    certificates: Certificates
    faults: Faults = field(default_factory=Faults)
    hosts: dict[str, Service] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    answers: list[tuple[Request, int]] = field(default_factory=list)
    tunnels: list[str] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 for one service; also TLS, when the client starts with it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(
        self, connection: socket.socket, address: tuple[str, int], server: "Server", *, service: Service, host: str
    ) -> None:
        self.network = server.network
        self.server: Server
        self.service = service
        self.host = host
        super().__init__(connection, address, server)

    def setup(self) -> None:
        """Take the client's first byte for a sign of TLS: every port speaks http and https."""
        self.scheme = "http"
        if self.request.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE:
            self.scheme = "https"
            self.request = self.network.certificates.context(self.host).wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        """Close the socket itself: the server only knows the one below TLS."""
        super().finish()
        self.request.close()

    def answer(self) -> None:
        """Read a request, record it, and send the true answer or a fault."""
        request = self.read()
        endpoint, true_answer = self.service.route(request)
        with self.network.arrived:
            request = replace(request, endpoint=endpoint)
            self.network.requests.append(request)
            self.network.arrived.notify_all()
        fault = self.network.faults.take(endpoint)
        answer = (fault.answer if fault else None) or true_answer()
        self.network.answers.append((request, answer.status))
        if fault is None:
            self.request.sendall(answer.raw(self.command, self.service.clock))
        else:
            self.close_connection = self.close_connection or fault.breaks_connection
            fault.send(self.request, answer.raw(self.command, self.service.clock), self.network.faults.released)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    def read(self) -> Request:
        """Read the rest of a request whose head is parsed. A proxy is asked for a whole URL, others for a path."""
        target = urlsplit(self.path)
        headers = httpx.Headers(list(self.headers.items()))
        if headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b"".join(iter(self.read_chunk, b""))
        else:
            body = self.rfile.read(int(headers.get("Content-Length", 0)))
        return Request(
            method=self.command,
            scheme=self.scheme,
            host=target.netloc or headers.get("Host", self.host),
            path=target.path,
            query={name: values[0] for name, values in parse_qs(target.query, keep_blank_values=True).items()},
            headers=headers,
            body=body,
        )

    def read_chunk(self) -> bytes:
        """Read one chunk of a body without a length; the last one is empty."""
        chunk = self.rfile.read(int(self.rfile.readline().split(b";")[0], 16))
        self.rfile.readline()
        return chunk

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class says so
        """Stay silent: `Network.requests` is the record."""


class Server(socketserver.ThreadingTCPServer):
    """A service on a free port of the loopback interface."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, network: Network, service: Service, handler: type[Handler] = Handler) -> None:
        self.network = network
        super().__init__(("127.0.0.1", 0), partial(handler, service=service, host="127.0.0.1"))
        self.address = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(POLL_SECONDS,), daemon=True).start()

    def stop(self) -> None:
        """Accept no more connections."""
        self.shutdown()
        self.server_close()

    # Close without saying goodbye first, so that a reset is a reset.
    shutdown_request = socketserver.TCPServer.close_request

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base class says so
        """Be silent about clients that hang up or refuse a certificate; show everything else."""
        if not isinstance(sys.exception(), OSError):
            traceback.print_exc()
