"""`cloudsmith-oidc discovery`: the keys to upload, or documents for a static host, if Cloudsmith cannot reach Jenkins.

The addresses are those of jenkinsci/oidc-provider-plugin: `Keys` serves an issuer's own documents to anybody, unless
the credential names an issuer of its own; then `IdTokenCredentialsDescriptor` gives them to an administrator only.
"""

import base64
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from jwt.algorithms import RSAAlgorithm

from cloudsmith_oidc import output_file
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import SettingsError, StaleDocumentsError, UnexpectedAnswerError, UnreachableError
from cloudsmith_oidc.explain.findings import CODES
from cloudsmith_oidc.explain.workspace import Api, UnreadError, read_providers
from cloudsmith_oidc.given_token import API_KEY_VARIABLE, api_key
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
from cloudsmith_oidc.settings import UPLOADED, Discovery

_DESCRIPTOR = "descriptorByName/io.jenkins.plugins.oidc_provider.IdTokenStringCredentials"
_SERVER_ERROR = 500
_PUBLISHED_HINT = (
    "The URL must answer 200 to anybody. Jenkins serves its own issuers, JENKINS_URL/oidc and for a folder "
    "JENKINS_URL/oidc/job/FOLDER; for a credential with an issuer of its own, give --jenkins-url"
)
_JENKINS_HINT = "Check that --jenkins-url is the URL of Jenkins"
_ADMINISTRATORS_HINTS = {
    401: "Check JENKINS_USER_ID and JENKINS_API_TOKEN",
    403: "The user needs Overall/Manage, or for a folder's credential Job/Read of the folder",
    404: "Check that there is such a credential with this issuer; for a folder's credential, --jenkins-url is the "
    "folder's URL",
}


@dataclass(frozen=True)
class Documents:
    """A discovery document, and the keys (by `kid`) of the key set next to it, written as in `_key`."""

    configuration: Mapping[str, Any]
    keys: Mapping[str, Mapping[str, str]]


def run(options: Discovery) -> None:
    """Write the documents, compare what is published with them, or both. Raises `CloudsmithOidcError`."""
    if options.output is None and options.check is None:
        raise SettingsError(
            "there is nothing to do", hint="Give --output DIR to write, --check URL to compare, or both"
        )
    if options.check == UPLOADED and not (options.org and api_key()):
        hint = f"Give --org or CLOUDSMITH_ORG, and the key of a Manager or Owner in {API_KEY_VARIABLE}"
        raise SettingsError("--check uploaded needs a workspace and an API key", hint=hint)
    source = _Source(HttpClient(), Deadline(options.timeout))
    documents = _of_credentials(source, options) if options.jenkins_url else source.published(options.issuer)
    _require_match(documents, options.issuer)
    log = structlog.get_logger()
    if options.output is not None:
        changed = _write(options.output, documents)
        log.info("documents written" if changed else "documents unchanged", changed=",".join(changed) or "none")
        log.info("upload this key set to the provider in Cloudsmith, or host the folder", file=options.output / JWKS)
    if options.check is not None:
        if options.check == UPLOADED:
            differences = _uploaded_differences(documents, source, options)
        else:
            differences = _published_differences(documents, source.published(options.check))
        if found := first_few(differences):
            raise StaleDocumentsError(
                f"Cloudsmith does not get the keys of Jenkins: {found}",
                hint="Upload the key set, or publish the documents, again: cloudsmith-oidc discovery --output DIR",
            )
        log.info("Cloudsmith gets the keys of Jenkins", checked=options.check)


@dataclass(frozen=True)
class _Source:
    client: HttpClient
    deadline: Deadline

    def get(self, url: str, hint: Callable[[int], str], headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """Return a JSON object. `hint` says what to do about a status. Raises `CloudsmithOidcError`."""
        document = fetch(self.client, url, self.deadline, headers)
        if document.error is not None:
            raise document.error
        if document.status >= _SERVER_ERROR:
            raise UnreachableError(document.trouble, hint="Try again later")
        if document.content is None:
            raise UnexpectedAnswerError(document.trouble, hint=hint(document.status))
        return document.content

    def published(self, issuer: str) -> Documents:
        """Return the documents that are published for `issuer`. Raises `CloudsmithOidcError`."""
        configuration = self.get(configuration_url(issuer), lambda _: _PUBLISHED_HINT)
        return Documents(configuration, _keys([self.get(f"{issuer}/{JWKS}", lambda _: _PUBLISHED_HINT)]))


def _of_credentials(source: _Source, options: Discovery) -> Documents:
    """Return the documents that Jenkins gives to an administrator. Raises `CloudsmithOidcError`."""
    user, password = os.environ.get("JENKINS_USER_ID"), os.environ.get("JENKINS_API_TOKEN")
    if not user or not password:
        raise SettingsError(
            "--jenkins-url needs a user and an API token",
            hint="Set JENKINS_USER_ID and JENKINS_API_TOKEN in the environment",
        )
    login = {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}

    def get(name: str, **query: str) -> Mapping[str, Any]:
        url = f"{options.jenkins_url}/{_DESCRIPTOR}/{name}?{urlencode(query | {'issuer': options.issuer})}"
        return source.get(url, lambda status: _ADMINISTRATORS_HINTS.get(status, _JENKINS_HINT), login)

    configuration = get("wellKnownOpenidConfiguration")
    documents = Documents(configuration, _keys(get(JWKS, id=credential) for credential in options.credentials_id))
    if set(documents.keys) != set(options.credentials_id):
        problem = f"Jenkins gave the keys {first_few(documents.keys)}, not {', '.join(options.credentials_id)}"
        raise UnexpectedAnswerError(problem, hint=_JENKINS_HINT)
    return documents


def _require_match(documents: Documents, issuer: str) -> None:
    """Raise `UnexpectedAnswerError` unless the documents match each other and `issuer`."""
    for member, expected in (("issuer", issuer), ("jwks_uri", f"{issuer}/{JWKS}")):
        if documents.configuration.get(member) != expected:
            raise UnexpectedAnswerError(
                f"the discovery document's {member} is {_member(documents, member)}, not {expected}",
                hint="Give the issuer exactly as tokens have it in iss; by default it is the Jenkins URL plus oidc",
            )
    if not documents.keys:
        raise UnexpectedAnswerError(
            "Jenkins publishes no key for this issuer",
            hint="If the credential names an issuer of its own, give --jenkins-url and --credentials-id",
        )


def _keys(key_sets: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, str]]:
    """Return the keys of all sets by their `kid`. Raises `UnexpectedAnswerError`."""
    try:
        return _by_id(key_sets)
    except ValueError as error:
        raise UnexpectedAnswerError(
            f"the key set cannot be used: {error}", hint="Check what is served there: it must be the plugin's own JWKS"
        ) from None


def _by_id(key_sets: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, str]]:
    keys: dict[str, Mapping[str, str]] = {}
    for key_set in key_sets:
        entries = key_set.get("keys")
        for entry in entries if isinstance(entries, list) else [None]:
            kid = entry.get("kid") if isinstance(entry, dict) else None
            if not isinstance(entry, dict) or not isinstance(kid, str):
                raise ValueError("it is not a list of keys, each with a kid")  # noqa: TRY004 - one kind for all troubles
            if kid in keys:
                raise ValueError(f"two keys have the kid {one_line(kid)}")
            keys[kid] = _key(kid, entry)
    return keys


def _key(kid: str, entry: Mapping[str, Any]) -> Mapping[str, str]:
    """Return a key in one spelling: Java's modulus starts with a zero byte, which RFC 7518, section 6.3.1 forbids.

    Raises `ValueError`, whose message quotes no key.
    """
    if "d" in entry:
        raise ValueError(f"key {one_line(kid)} holds a private key, which must never be published")
    if entry.get("alg", ALGORITHM) != ALGORITHM:
        raise ValueError(f"key {one_line(kid)} is not for {ALGORITHM}")
    try:
        numbers = RSAAlgorithm.to_jwk(public_key(entry).key, as_dict=True)
    except ValueError as error:
        raise ValueError(f"key {one_line(kid)}: {error}") from None
    return {"kid": kid, "kty": "RSA", "alg": ALGORITHM, "use": "sig", "n": numbers["n"], "e": numbers["e"]}


def _published_differences(documents: Documents, published: Documents) -> Iterator[str]:
    """Yield each difference that a verifier of tokens would notice in the hosted documents."""
    for member in ("issuer", "jwks_uri"):
        if published.configuration.get(member) != documents.configuration.get(member):
            yield f"{member} is {_member(published, member)}"
    yield from _differences(documents.keys, published.keys, "published")


def _uploaded_differences(documents: Documents, source: _Source, options: Discovery) -> Iterator[str]:
    """Yield each difference of the keys that were uploaded to the providers of the issuer, and who has none.

    Raises `CloudsmithOidcError` if the providers cannot be read.
    """
    org = options.org or ""
    try:
        read = read_providers(Api(source.client, org, options.api_host, api_key(), source.deadline))
    except UnreadError as unread:
        error = UnexpectedAnswerError if unread.code == "api-key-refused" else UnreachableError
        raise error(f"{unread.what}: {unread.why}", hint=CODES[unread.code].action) from None
    providers = [provider for provider in read if provider.has_issuer(options.issuer)]
    if not providers:
        yield f"the workspace {org} has no provider with the URL {options.issuer}"
    for provider in providers:
        try:
            uploaded = _by_id([provider.jwks] if provider.jwks else [])
        except ValueError as error:
            yield f"{provider.title}: the uploaded key set cannot be used: {error}"
        else:
            yield from (f"{provider.title}: {one}" for one in _differences(documents.keys, uploaded, "uploaded"))


def _differences(
    mine: Mapping[str, Mapping[str, str]], theirs: Mapping[str, Mapping[str, str]], where: str
) -> Iterator[str]:
    for kid in sorted({*mine, *theirs}):
        if kid not in mine:
            yield f"the key {one_line(kid)} is {where}, but not in Jenkins any more"
        elif kid not in theirs:
            yield f"the key {one_line(kid)} is not {where}"
        elif mine[kid] != theirs[kid]:
            yield f"the {where} key {one_line(kid)} is an old one"


def _member(documents: Documents, name: str) -> str:
    value = documents.configuration.get(name)
    return one_line(value) if isinstance(value, str) else "missing" if value is None else "not text"


def _write(directory: Path, documents: Documents) -> list[str]:
    """Replace the files that differ, and return their names: the same documents always give the same bytes.

    Raises `WriteError`, and `UnexpectedAnswerError` for a discovery document that cannot be written as text.
    """
    key_set = {"keys": [key for _, key in sorted(documents.keys.items())]}
    try:
        # Not indented: that grows with the square of the depth.
        texts = {
            name: (json.dumps(content, sort_keys=True) + "\n").encode()
            for name, content in ((CONFIGURATION, documents.configuration), (JWKS, key_set))
        }
    except RecursionError:
        problem = "the discovery document is nested too deeply"
        raise UnexpectedAnswerError(problem, hint="Check what is served there") from None
    changed = []
    for name, text in texts.items():
        path = directory / name
        with suppress(OSError):
            if path.is_file() and path.read_bytes() == text:
                continue
        output_file.write(path, text, make_folders=True)
        changed.append(name)
    return changed
