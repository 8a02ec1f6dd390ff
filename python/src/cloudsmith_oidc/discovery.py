"""`cloudsmith-oidc discovery`: the issuer's documents for a static host, where Cloudsmith cannot reach Jenkins.

The addresses are those of jenkinsci/oidc-provider-plugin: `Keys` serves an issuer's own documents to anybody, unless
the credential names an issuer of its own; then `IdTokenCredentialsDescriptor` gives them to an administrator only.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import structlog
from jwt.algorithms import RSAAlgorithm

from cloudsmith_oidc import output_file
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import (
    CloudsmithOidcError,
    SettingsError,
    StaleDocumentsError,
    UnexpectedAnswerError,
    UnreachableError,
)
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.issuer_documents import (
    ALGORITHM,
    CONFIGURATION,
    JWKS,
    configuration_url,
    fetch,
    first_few,
    public_key,
)
from cloudsmith_oidc.redaction import one_line
from cloudsmith_oidc.settings import Discovery

_DESCRIPTOR = "descriptorByName/io.jenkins.plugins.oidc_provider.IdTokenStringCredentials"
_NOT_FOUND = 404
_SERVER_ERROR = 500
_GUESS_SECONDS = 5
_PUBLISHED_HINT = "The URL has to answer 200 to anybody; for a credential with an issuer of its own, give --jenkins-url"


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
        log.info("the published documents are up to date", url=options.check)


@dataclass(frozen=True)
class Documents:
    """A discovery document, and the keys (by `kid`) of the key set beside it, written as in `_key`."""

    configuration: Mapping[str, Any]
    keys: Mapping[str, Mapping[str, str]]

    def require(self, issuer: str) -> Self:
        """Return this if the documents fit each other and `issuer`. Raises `UnexpectedAnswerError`."""
        for member, expected in (("issuer", issuer), ("jwks_uri", f"{issuer}/{JWKS}")):
            if self.configuration.get(member) != expected:
                raise UnexpectedAnswerError(
                    f"the discovery document's {member} is {_member(self.configuration, member)}, not {expected}",
                    hint="Give the issuer exactly as tokens have it in iss; by default it is the Jenkins URL plus oidc",
                )
        if not self.keys:
            raise UnexpectedAnswerError(
                "Jenkins publishes no key for this issuer",
                hint="If the credential names an issuer of its own, give --jenkins-url and --credentials-id",
            )
        return self

    def files(self) -> dict[str, str]:
        """Return the documents' texts by their paths: the same bytes for the same content.

        Raises `UnexpectedAnswerError` if the discovery document cannot be written as text.
        """
        key_set = {"keys": [key for _, key in sorted(self.keys.items())]}
        try:
            # Not indented: that grows with the square of the depth.
            return {
                path: json.dumps(document, sort_keys=True) + "\n"
                for path, document in ((CONFIGURATION, self.configuration), (JWKS, key_set))
            }
        except RecursionError:
            raise UnexpectedAnswerError(
                "the discovery document is nested too deeply", hint="Check what is served there"
            ) from None


@dataclass(frozen=True)
class _Source:
    client: HttpClient
    deadline: Deadline

    def get(self, url: str, hint: Callable[[int], str], *, auth: tuple[str, str] | None = None) -> Mapping[str, Any]:
        """Fetch a JSON object. `hint` says what to do about a status. Raises `CloudsmithOidcError`."""
        document = fetch(self.client, url, self.deadline, auth=auth)
        if document.error is not None:
            raise document.error
        if document.status >= _SERVER_ERROR:
            raise UnreachableError(document.trouble, hint="Try again later")
        if document.content is None:
            raise UnexpectedAnswerError(document.trouble, hint=hint(document.status))
        return document.content

    def published(self, issuer: str) -> Documents:
        """Fetch what is published for `issuer`. Raises `CloudsmithOidcError`."""
        configuration = self.get(configuration_url(issuer), partial(self._hint, issuer))
        return Documents(configuration, _keys([self.get(f"{issuer}/{JWKS}", lambda _: _PUBLISHED_HINT)]))

    def _hint(self, issuer: str, status: int) -> str:
        """Name the issuer that Jenkins makes of the URL `issuer`, if it was meant: only if it answers as one."""
        if status == _NOT_FOUND:
            jenkins, job, folder = issuer.partition("/job/")
            meant = f"{jenkins}/oidc{job}{folder}"
            deadline = Deadline(min(_GUESS_SECONDS, self.deadline.remaining()))
            found = fetch(self.client, configuration_url(meant), deadline).content
            if found is not None and found.get("issuer") == meant:
                return f"Did you mean {meant}? That URL answers as an issuer"
        return _PUBLISHED_HINT


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
    configuration = source.get(
        f"{base}/wellKnownOpenidConfiguration?{urlencode(issuer)}", _administrators_hint, auth=auth
    )
    key_sets = [
        source.get(f"{base}/{JWKS}?{urlencode({'id': credential} | issuer)}", _administrators_hint, auth=auth)
        for credential in options.credentials_id
    ]
    documents = Documents(configuration, _keys(key_sets)).require(options.issuer)
    if set(documents.keys) != set(options.credentials_id):
        raise UnexpectedAnswerError(
            f"Jenkins gave the keys {first_few(documents.keys)}, not {', '.join(options.credentials_id)}",
            hint=_administrators_hint(),
        )
    return documents


def _administrators_hint(status: int = 0) -> str:
    return {
        401: "Check JENKINS_USER_ID and JENKINS_API_TOKEN",
        403: "The user needs Overall/Manage, or for a folder's credential Job/Read of the folder",
        404: "Check that there is such a credential with this issuer; for a folder's credential, --jenkins-url is the "
        "folder's URL",
    }.get(status, "Check that --jenkins-url is the URL of Jenkins")


def _keys(key_sets: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, str]]:
    keys: dict[str, Mapping[str, str]] = {}
    for key_set in key_sets:
        entries = key_set.get("keys")
        for entry in entries if isinstance(entries, list) else [None]:
            kid = entry.get("kid") if isinstance(entry, dict) else None
            if not isinstance(entry, dict) or not isinstance(kid, str):
                raise _unusable_key_set("it is not a list of keys, each with a kid")
            if kid in keys:
                raise _unusable_key_set(f"two keys have the kid {one_line(kid)}")
            try:
                keys[kid] = _key(kid, entry)
            except ValueError as error:
                raise _unusable_key_set(f"key {one_line(kid)}: {error}") from None
    return keys


def _key(kid: str, entry: Mapping[str, Any]) -> Mapping[str, str]:
    """Write a key in one way, whatever the bytes it was written with: Java's modulus starts with a zero byte.

    RFC 7518, section 6.3.1 forbids that byte. Raises `ValueError`, whose message quotes no key.
    """
    if "d" in entry:
        raise ValueError("it holds a private key, which must never be published")
    if entry.get("alg", ALGORITHM) != ALGORITHM:
        raise ValueError(f"it is not for {ALGORITHM}")
    numbers = RSAAlgorithm.to_jwk(public_key(entry).key, as_dict=True)
    return {"kid": kid, "kty": "RSA", "alg": ALGORITHM, "use": "sig", "n": numbers["n"], "e": numbers["e"]}


def _unusable_key_set(problem: str) -> CloudsmithOidcError:
    return UnexpectedAnswerError(
        f"the key set cannot be used: {problem}", hint="Check what is served there: it has to be the plugin's own JWKS"
    )


def _compare(documents: Documents, published: Documents) -> None:
    """Raise `StaleDocumentsError` unless a verifier finds the same issuer and the same keys in both."""
    differences = first_few(_differences(documents, published))
    if differences:
        raise StaleDocumentsError(
            f"the published documents are not those of Jenkins: {differences}",
            hint="Publish the documents again: cloudsmith-oidc discovery --output",
        )


def _differences(documents: Documents, published: Documents) -> Iterator[str]:
    for member in ("issuer", "jwks_uri"):
        if published.configuration.get(member) != documents.configuration.get(member):
            yield f"{member} is {_member(published.configuration, member)}"
    for kid in sorted({*documents.keys, *published.keys}):
        mine, theirs = documents.keys.get(kid), published.keys.get(kid)
        if mine is None:
            yield f"the key {one_line(kid)} is published, but not in Jenkins any more"
        elif theirs is None:
            yield f"the key {one_line(kid)} is not published"
        elif mine != theirs:
            yield f"the published key {one_line(kid)} is an old one"


def _member(configuration: Mapping[str, Any], name: str) -> str:
    value = configuration.get(name)
    return one_line(value) if isinstance(value, str) else "missing" if value is None else "not text"


def _write(directory: Path, files: Mapping[str, str]) -> list[str]:
    """Replace the files that differ, and return their names. Raises `WriteError`."""
    changed = []
    for name, text in files.items():
        path = directory / name
        with suppress(OSError):
            if path.read_text(encoding="utf-8") == text:
                continue
        output_file.write(path, text.encode(), make_folders=True)
        changed.append(name)
    return changed
