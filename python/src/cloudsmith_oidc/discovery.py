"""`cloudsmith-oidc discovery`: the issuer's documents for a static host, where Cloudsmith cannot reach Jenkins.

The addresses are those of jenkinsci/oidc-provider-plugin: `Keys` serves an issuer's own documents to anybody, unless
the credential names an issuer of its own; then `IdTokenCredentialsDescriptor` gives them to an administrator only.
"""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import structlog

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import (
    CloudsmithOidcError,
    SettingsError,
    StaleDocumentsError,
    UnexpectedAnswerError,
    UnreachableError,
    WriteError,
)
from cloudsmith_oidc.http import HttpClient, json_object
from cloudsmith_oidc.redaction import one_line
from cloudsmith_oidc.settings import Discovery

CONFIGURATION = ".well-known/openid-configuration"
JWKS = "jwks"
_DESCRIPTOR = "descriptorByName/io.jenkins.plugins.oidc_provider.IdTokenStringCredentials"
_OK = 200
_SERVER_ERROR = 500


def run(options: Discovery) -> None:
    """Write the documents, compare what is published with them, or both. Raises `CloudsmithOidcError`."""
    if options.output is None and options.check is None:
        raise SettingsError(
            "there is nothing to do", hint="Give --output DIR to write, --check URL to compare, or both"
        )
    source = _Source(HttpClient(), Deadline(options.timeout))
    documents = _of_credentials(source, options) if options.jenkins_url else _of_issuer(source, options.issuer)
    log = structlog.get_logger()
    if options.output is not None:
        changed = _write(options.output, documents.files())
        log.info("documents written" if changed else "documents unchanged", changed=",".join(changed) or "none")
    if options.check is not None:
        _compare(documents, source.published(options.check))
        log.info("what is published is what Jenkins signs with", url=options.check)


@dataclass(frozen=True)
class Key:
    """An RSA public key: modulus and exponent, whatever the bytes they were written with."""

    modulus: int
    exponent: int

    @classmethod
    def parse(cls, entry: Mapping[str, Any]) -> Self:
        """Read a JSON Web Key (RFC 7517). Raises `ValueError`, whose message quotes no key."""
        if entry.get("kty") != "RSA" or entry.get("alg", "RS256") != "RS256":
            raise ValueError("it is not an RSA key for RS256")
        if "d" in entry:
            raise ValueError("it holds a private key, which must never be published")
        return cls(_number(entry.get("n")), _number(entry.get("e")))

    def entry(self, kid: str) -> dict[str, str]:
        """Write the key as RFC 7518, section 6.3.1 wants it: no leading zero bytes, which Java puts there."""
        numbers = {"n": _base64url(self.modulus), "e": _base64url(self.exponent)}
        return {"kid": kid, "kty": "RSA", "alg": "RS256", "use": "sig", **numbers}


@dataclass(frozen=True)
class Documents:
    """A discovery document and the keys (by `kid`) of the key set beside it."""

    configuration: Mapping[str, Any]
    keys: Mapping[str, Key]

    def require(self, issuer: str) -> Self:
        """Return this if the documents fit each other and `issuer`. Raises `UnexpectedAnswerError`."""
        for member, expected in (("issuer", issuer), ("jwks_uri", f"{issuer}/{JWKS}")):
            found = self.configuration.get(member)
            if found != expected:
                raise UnexpectedAnswerError(
                    f"the discovery document's {member} is {one_line(str(found))}, not {expected}",
                    hint="Give the issuer exactly as tokens have it in iss; by default it is the Jenkins URL plus oidc",
                )
        if not self.keys:
            raise UnexpectedAnswerError(
                "Jenkins publishes no key for this issuer",
                hint="If the credential names an issuer of its own, give --jenkins-url and --credentials-id",
            )
        return self

    def files(self) -> dict[str, str]:
        """Return the documents' texts by their paths: the same bytes for the same content."""
        keys = [key.entry(kid) for kid, key in sorted(self.keys.items())]
        return {CONFIGURATION: _text(self.configuration), JWKS: _text({"keys": keys})}


@dataclass(frozen=True)
class _Source:
    client: HttpClient
    deadline: Deadline

    def get(self, url: str, *, auth: tuple[str, str] | None = None) -> dict[str, Any]:
        """Fetch a JSON object. Raises `CloudsmithOidcError`."""
        answer = self.client.request("GET", url, deadline=self.deadline, auth=auth)
        document = json_object(answer)
        if answer.status >= _SERVER_ERROR:
            raise UnreachableError(f"{url} answers {answer.status}", hint="Try again later")
        if answer.status != _OK or document is None:
            said = f"answers {answer.status}" if answer.status != _OK else "is not a JSON object"
            raise UnexpectedAnswerError(f"{url} {said}", hint=_hint(answer.status, as_administrator=auth is not None))
        return document

    def published(self, url: str) -> Documents:
        """Fetch what is published at `url`."""
        return Documents(self.get(f"{url}/{CONFIGURATION}"), _keys([self.get(f"{url}/{JWKS}")]))


def _of_issuer(source: _Source, issuer: str) -> Documents:
    return source.published(issuer).require(issuer)


def _of_credentials(source: _Source, options: Discovery) -> Documents:
    user, password = os.environ.get("JENKINS_USER_ID"), os.environ.get("JENKINS_API_TOKEN")
    if not user or not password:
        raise SettingsError(
            "--jenkins-url needs a user and an API token",
            hint="Set JENKINS_USER_ID and JENKINS_API_TOKEN in the environment",
        )
    base, auth = f"{options.jenkins_url}/{_DESCRIPTOR}", (user, password)
    issuer = {"issuer": options.issuer}
    configuration = source.get(f"{base}/wellKnownOpenidConfiguration?{urlencode(issuer)}", auth=auth)
    key_sets = [
        source.get(f"{base}/{JWKS}?{urlencode({'id': credential} | issuer)}", auth=auth)
        for credential in options.credentials_id
    ]
    documents = Documents(configuration, _keys(key_sets)).require(options.issuer)
    if set(documents.keys) != set(options.credentials_id):
        given = ", ".join(map(one_line, documents.keys))
        raise UnexpectedAnswerError(
            f"Jenkins gave the keys {given}, not {', '.join(options.credentials_id)}",
            hint="Look whether --jenkins-url is really Jenkins",
        )
    return documents


def _hint(status: int, *, as_administrator: bool) -> str:
    if as_administrator:
        return {
            401: "Look at JENKINS_USER_ID and JENKINS_API_TOKEN",
            403: "The user needs Overall/Manage, or for a folder's credential Job/Read of the folder",
            404: "Look whether there is such a credential with this issuer; for a folder's one, --jenkins-url is the "
            "folder's URL",
        }.get(status, "Look whether --jenkins-url is really Jenkins")
    return "The URL has to answer 200 to anybody; for a credential with an issuer of its own, give --jenkins-url"


def _keys(key_sets: Iterable[Mapping[str, Any]]) -> dict[str, Key]:
    keys: dict[str, Key] = {}
    for key_set in key_sets:
        entries = key_set.get("keys")
        for entry in entries if isinstance(entries, list) else [None]:
            kid = entry.get("kid") if isinstance(entry, dict) else None
            if not isinstance(entry, dict) or not isinstance(kid, str) or kid in keys:
                raise _unusable_key_set(f"it is not a list of keys, each with a kid of its own ({one_line(str(kid))})")
            try:
                keys[kid] = Key.parse(entry)
            except ValueError as error:
                raise _unusable_key_set(f"key {one_line(kid)}: {error}") from None
    return keys


def _unusable_key_set(problem: str) -> CloudsmithOidcError:
    return UnexpectedAnswerError(
        f"the key set cannot be used: {problem}", hint="Look what is served there: it has to be the plugin's own JWKS"
    )


def _compare(documents: Documents, published: Documents) -> None:
    """Raise `StaleDocumentsError` unless a verifier finds the same issuer and the same keys in both."""
    differences = [
        f"{member} is {one_line(str(published.configuration.get(member)))}"
        for member in ("issuer", "jwks_uri")
        if published.configuration.get(member) != documents.configuration.get(member)
    ]
    for kid in sorted({*documents.keys, *published.keys}):
        mine, theirs = documents.keys.get(kid), published.keys.get(kid)
        if mine is None:
            differences.append(f"the key {one_line(kid)} is published, but not in Jenkins any more")
        elif theirs is None:
            differences.append(f"the key {one_line(kid)} is not published")
        elif mine != theirs:
            differences.append(f"the published key {one_line(kid)} is an old one")
    if differences:
        raise StaleDocumentsError(
            f"what is published is not what Jenkins signs with: {'; '.join(differences)}",
            hint="Publish the documents again: cloudsmith-oidc discovery --output",
        )


def _write(directory: Path, files: Mapping[str, str]) -> list[str]:
    """Replace the files that differ, each in one step, and return their names. A static host has to read them."""
    changed = []
    try:
        for name, text in files.items():
            path = directory / name
            if path.is_file() and path.read_bytes() == text.encode():
                continue
            for parent in reversed(path.parents):
                if not parent.is_dir():
                    parent.mkdir()
                    parent.chmod(0o755)
            temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
            try:
                temporary.write_text(text, encoding="utf-8")
                temporary.chmod(0o644)
                temporary.replace(path)
            except BaseException:
                with suppress(FileNotFoundError):
                    temporary.unlink()
                raise
            changed.append(name)
    except OSError as error:
        raise WriteError(
            f"{error.filename or directory} cannot be written ({error.strerror})",
            hint="Give a directory that this user can write to",
        ) from None
    return changed


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _number(text: object) -> int:
    try:
        content = base64.urlsafe_b64decode(str(text) + "=" * (-len(str(text)) % 4)) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise ValueError("its modulus or exponent is not base64url")
    return int.from_bytes(content, "big")


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()
