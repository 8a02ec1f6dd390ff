"""TLS certificates of a CA made at start, and certificates that a client must refuse."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

import trustme

Flaw = Literal[
    "expired",
    "not yet valid",
    "other-host",
    "name in the subject only",
    "unknown-ca",
    "old ciphers",
    "client certificate wanted",
]


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
            if flaw == "old ciphers":
                context.maximum_version = ssl.TLSVersion.TLSv1_2
                context.set_ciphers("AES128-SHA")
            if flaw == "client certificate wanted":
                context.verify_mode = ssl.CERT_REQUIRED
            self._contexts[host, flaw] = context
        return self._contexts[host, flaw]

    @cached_property
    def client_context(self) -> ssl.SSLContext:
        """The client side: trusts this CA and no other."""
        context = ssl.create_default_context(cafile=str(self.file))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _issue(self, host: str, flaw: Flaw | None) -> trustme.LeafCert:
        now, day = datetime.now(UTC), timedelta(days=1)
        times = {"expired": (now - 2 * day, now - day), "not yet valid": (now + day, now + 2 * day)}
        names = {"other-host": ["someone-else.example"], "name in the subject only": []}.get(str(flaw), [host])
        not_before, not_after = times.get(str(flaw), (None, None))
        return (trustme.CA() if flaw == "unknown-ca" else self._ca).issue_cert(
            *names,
            common_name=None if names else host,
            not_before=not_before,
            not_after=not_after,
            key_type=trustme.KeyType.RSA if flaw == "old ciphers" else trustme.KeyType.ECDSA,
        )
