"""TLS certificates of a CA made at start, and certificates that a client must refuse."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

import trustme

Flaw = Literal["expired", "other-host", "name in the subject only", "unknown-ca"]


class Certificates:
    """Issues a certificate for any host. A host named in `flaws` shows a bad one instead."""

    def __init__(self, folder: Path) -> None:
        self.flaws: dict[str, Flaw] = {}
        self.file = folder / "ca.pem"
        self._ca = trustme.CA(organization_name="Sandbox")
        self._ca.cert_pem.write_to_path(str(self.file))
        self._contexts: dict[tuple[str, Flaw | None], ssl.SSLContext] = {}

    def context(self, host: str) -> ssl.SSLContext:
        """The server side of TLS for a host, made once."""
        flaw = self.flaws.get(host)
        if (host, flaw) not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._issue(host, flaw).configure_cert(context)
            self._contexts[host, flaw] = context
        return self._contexts[host, flaw]

    @cached_property
    def client_context(self) -> ssl.SSLContext:
        """The client side: trusts this CA and no other."""
        context = ssl.create_default_context(cafile=str(self.file))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _issue(self, host: str, flaw: Flaw | None) -> trustme.LeafCert:
        match flaw:
            case "expired":
                yesterday = datetime.now(UTC) - timedelta(days=1)
                return self._ca.issue_cert(host, not_before=yesterday - timedelta(days=1), not_after=yesterday)
            case "other-host":
                return self._ca.issue_cert("someone-else.example")
            case "name in the subject only":
                return self._ca.issue_cert(common_name=host)
            case "unknown-ca":
                return trustme.CA().issue_cert(host)
            case None:
                return self._ca.issue_cert(host)
