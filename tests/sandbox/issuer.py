"""Jenkins with the plugin oidc-provider: ID tokens, the issuer's two documents, and the administrator's copies of them.

Shapes as in the plugin's source (`IdTokenCredentials`, `Keys`, `Issuer`).
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.clock import Clock
from sandbox.faults import Answer, json_answer
from sandbox.keys import PrivateKey, ec_key, rsa_key
from sandbox.network import Request, Route

LIFETIME = 3600
AUDIENCE = "https://cloudsmith.example.com"
DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/jwks"
DESCRIPTOR = "/descriptorByName/io.jenkins.plugins.oidc_provider.IdTokenStringCredentials"
SERVER = {"X-Jenkins": "2.516.2", "Content-Type": "application/json;charset=UTF-8"}


@dataclass
class Issuer:
    """One "OpenID Connect id token" credential and the issuer it belongs to.

    `folder` is the full name of the folder that holds the credential, empty for a global one. With `explicit`, the
    credential names an issuer of its own, and Jenkins stops serving its key: see `Jenkins.route`.
    `served` overrides what is served as "discovery" or "jwks", by a JSON document or a whole `Answer`.
    """

    jenkins_url: str = "https://jenkins.example.com"
    folder: str = ""
    explicit: str | None = None
    credential_id: str = "oidc-token-cred"
    audience: str | None = AUDIENCE
    audience_as_list: bool = True
    job: str = "team/app/main"
    served: dict[str, Any] = field(default_factory=dict)
    key_number: int = 0
    clock: Clock = field(default_factory=Clock)

    @property
    def url(self) -> str:
        """The claim `iss` of its tokens."""
        return self.explicit or f"{self.jenkins_url}/oidc{_job_path(self.folder)}"

    @property
    def key(self) -> rsa.RSAPrivateKey:
        """The key that signs now."""
        return rsa_key(self.key_number)

    @property
    def endpoints(self) -> dict[str, str]:
        """The URLs at which Jenkins answers for this issuer, and their endpoints."""
        admin = f"{self.jenkins_url}{_job_path(self.folder)}{DESCRIPTOR}"
        private = {f"{admin}/wellKnownOpenidConfiguration": "admin-discovery", f"{admin}/jwks": "admin-jwks"}
        public = {self.url + DISCOVERY: "discovery", self.url + JWKS: "jwks"}
        return private if self.explicit else private | public

    def rotate(self) -> None:
        """Change the key under the same `kid`, as saving the credential or reloading the configuration does."""
        self.key_number += 1

    def discovery(self) -> dict[str, Any]:
        """The true discovery document."""
        return {
            "issuer": self.url,
            "jwks_uri": self.url + JWKS,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_endpoint": "https://unimplemented",
            "token_endpoint": "https://unimplemented",
        }

    def jwks(self) -> dict[str, Any]:
        """The true key set."""
        numbers = self.key.public_key().public_numbers()
        return {
            "keys": [
                {
                    "kid": self.credential_id,
                    "kty": "RSA",
                    "alg": "RS256",
                    "use": "sig",
                    "n": _java_big_integer(numbers.n),
                    "e": _java_big_integer(numbers.e),
                }
            ]
        }

    def mint(
        self,
        *,
        alg: str = "RS256",
        key: PrivateKey = None,
        headers: Mapping[str, object] | None = None,
        **claims: object,
    ) -> str:
        """A fresh ID token. Claims and headers given replace the usual ones; None removes one.

        `alg` is what the signature is made with; a header "alg" may lie about it.
        """
        now = self.clock.now()
        audience = [self.audience] if self.audience_as_list else self.audience
        payload = {
            "iss": self.url,
            "aud": audience if self.audience else None,
            "iat": now,
            "exp": now + LIFETIME,
            "sub": f"{self.jenkins_url}{_job_path(self.job)}/",
            "build_number": 7,
        }
        header = {"kid": self.credential_id, "typ": "JWT", "alg": alg}
        algorithm = jwt.get_algorithm_by_name(alg)
        usual_keys: dict[str, PrivateKey] = {"none": None, "HS": b"0" * 64, "ES": ec_key()}
        signing_key = key or usual_keys.get(alg if alg == "none" else alg[:2], self.key)
        signed = f"{_part(header | dict(headers or {}))}.{_part(payload | claims)}"
        signature = algorithm.sign(signed.encode(), algorithm.prepare_key(signing_key))
        return f"{signed}.{_base64url(signature)}"

    def answer(self, document: str) -> Answer:
        """Return the document that is served as "discovery" or "jwks"."""
        truth = {"discovery": self.discovery, "jwks": self.jwks}[document]
        content = self.served.get(document) or truth()
        if isinstance(content, Answer):
            return content
        return json_answer(content, headers=SERVER)


class Jenkins:
    """Serves the documents of its issuers: publicly under `/oidc`, and to the administrator under `descriptorByName`.

    Of an issuer with `explicit`, only the administrator gets the documents, to host them elsewhere.
    """

    user = "admin"
    api_token = "11" + "ab" * 16

    def __init__(self) -> None:
        self.issuers: list[Issuer] = []
        self.clock = Clock()

    def route(self, request: Request) -> Route:
        """Find the document by its whole URL, as issuers may differ in host, context path and folder."""
        for issuer in self.issuers:
            match issuer.endpoints.get(request.origin + request.path):
                case None:
                    continue
                case "discovery" | "jwks" as endpoint:
                    return endpoint, partial(issuer.answer, endpoint)
                case endpoint:
                    return endpoint, partial(self._for_administrator, request, issuer.folder, endpoint)
        return "jenkins", _not_found

    def _for_administrator(self, request: Request, folder: str, endpoint: str) -> Answer:
        password = base64.b64encode(f"{self.user}:{self.api_token}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {password}":
            return _page(401, "Invalid password/token for user")
        asked = request.query.get("issuer", "")
        if endpoint == "admin-discovery":
            return json_answer(Issuer(explicit=asked).discovery(), headers=SERVER)
        for issuer in self.issuers:
            if (issuer.folder, issuer.credential_id, issuer.explicit) == (folder, request.query.get("id"), asked):
                return json_answer(issuer.jwks(), headers=SERVER)
        return _not_found()


@dataclass
class Site:
    """A static host: the files of a folder, and single pages (by path) as JSON documents or whole answers."""

    folder: Path | None = None
    pages: dict[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)

    def route(self, request: Request) -> Route:
        """Every path is the endpoint "site"."""
        return "site", lambda: self._answer(request.path)

    def _answer(self, path: str) -> Answer:
        if path in self.pages:
            page = self.pages[path]
            return page if isinstance(page, Answer) else json_answer(page)
        if self.folder and (file := self.folder / path.lstrip("/")).is_file():
            return Answer(200, file.read_bytes(), {"Content-Type": "application/json"})
        return _not_found()


def _job_path(full_name: str) -> str:
    return "".join(f"/job/{quote(name)}" for name in full_name.split("/") if name)


def _not_found() -> Answer:
    return _page(404, "Not Found")


def _page(status: int, text: str) -> Answer:
    return Answer(status, f"<html><body><h2>{text}</h2></body></html>".encode(), SERVER | {"Content-Type": "text/html"})


def _part(members: Mapping[str, object]) -> str:
    present = {name: value for name, value in members.items() if value is not None}
    return _base64url(json.dumps(present, separators=(",", ":")).encode())


def _java_big_integer(number: int) -> str:
    """Java's bytes of a positive number: with room for a sign, so a 2048-bit modulus starts with a zero byte."""
    return _base64url(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
