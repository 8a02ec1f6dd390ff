"""The proxy that resolves public host names to the sandbox, and no others."""

from urllib.parse import urlsplit

from sandbox.clock import Clock
from sandbox.faults import Answer
from sandbox.network import Handler, Request, Route


class Stranger:
    """Every host that the sandbox does not play, so that nothing leaves the machine."""

    def __init__(self) -> None:
        self.clock = Clock()

    def route(self, request: Request) -> Route:
        """Refuse."""
        return "unknown-host", lambda: unknown(request.host)


def unknown(host: str) -> Answer:
    """Return the proxy's answer for a host outside the sandbox."""
    return Answer(502, f"The sandbox knows no host {host}.\n".encode(), {"Content-Type": "text/plain"})


class ProxyHandler(Handler):
    """CONNECT for https, absolute URLs for http. A tunnel ends here: the same thread continues as the host."""

    def do_CONNECT(self) -> None:  # noqa: N802 - the base class looks for it
        """Connect the client to a host that the sandbox plays. The endpoint "proxy" may be faulty."""
        host = self.path.rpartition(":")[0]
        self.network.tunnels.append(host)
        self.close_connection = True
        fault = self.network.faults.take("proxy")
        service = self.network.hosts.get(host)
        if fault is not None:
            fault.send(self.request, (fault.answer or unknown(host)).raw(), self.network.faults.released)
            if fault.then == "close" and not fault.breaks_connection:
                # To close with the client's TLS unread would reset the connection, and could take the answer with it.
                self.request.recv(65536)
        elif service is None:
            self.request.sendall(unknown(host).raw())
        else:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            Handler(self.request, self.client_address, self.server, service=service, host=host)

    def parse_request(self) -> bool:
        """Pick the service of a plain http request by the host in its URL."""
        parsed = super().parse_request()
        if parsed and self.command != "CONNECT":
            self.host = urlsplit(self.path).netloc
            self.service = self.network.hosts.get(self.host, Stranger())
        return parsed
