"""An issuer whose documents a person hosts: for a Cloudsmith that does not take an uploaded key set."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from sandbox.issuer import DISCOVERY, JWKS, Issuer
from sandbox.keys import rsa_key

FOLDER = Path(
    os.environ.get("CLOUDSMITH_KIT_DIRECTORY") or Path(__file__).parent.parent.parent / ".cache/cloudsmith-kit"
)
"""The private key and the two documents, for the next runs."""
PUBLIC = FOLDER / "public"
SECONDS = 30.0


class NotHostedError(Exception):
    """What a person must do first."""


@dataclass
class HostedIssuer(Issuer):
    """An issuer with a key that is kept."""

    kept: rsa.RSAPrivateKey = field(default_factory=lambda: _key(FOLDER / "key.pem"))

    @property
    def key(self) -> rsa.RSAPrivateKey:
        return self.kept


def hosted_issuer() -> Issuer:
    """Return the issuer at the URL CLOUDSMITH_ISSUER. Raises `NotHostedError` unless its documents are there."""
    url = os.environ.get("CLOUDSMITH_ISSUER", "").rstrip("/")
    if not url:
        raise NotHostedError("this Cloudsmith takes no uploaded keys: set CLOUDSMITH_ISSUER to a URL that you can host")
    issuer = HostedIssuer(explicit=url)
    documents = {DISCOVERY: issuer.discovery(), JWKS: issuer.jwks()}
    for path, document in documents.items():
        file = PUBLIC / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document, indent=2))
    lacking = [path for path, document in documents.items() if not _is_served(f"{url}{path}", document)]
    if lacking:
        places = " and ".join(f"{PUBLIC}{path} as {url}{path}" for path in lacking)
        raise NotHostedError(f"this Cloudsmith takes no uploaded keys: serve {places}")
    return issuer


def _is_served(url: str, document: object) -> bool:
    try:
        answer = httpx.get(url, timeout=SECONDS)
        return answer.is_success and answer.json() == document
    except (httpx.HTTPError, ValueError):
        return False


def _key(file: Path) -> rsa.RSAPrivateKey:
    """Return the key in a file, which is made if it is not there."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        pem = rsa_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.touch(mode=0o600)
        file.write_bytes(pem)
    key = load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key
