"""The package for other programs: what `from cloudsmith_oidc import …` offers. See docs/library.md."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cloudsmith_oidc import exchange, formats, values
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError  # noqa: F401 - one of the public names
from cloudsmith_oidc.exchange import CloudsmithToken, ServiceAccount
from cloudsmith_oidc.explain import report_on
from cloudsmith_oidc.explain.evidence import Expectations, gather
from cloudsmith_oidc.explain.findings import Finding
from cloudsmith_oidc.explain.json_report import as_json
from cloudsmith_oidc.explain.text_report import as_text
from cloudsmith_oidc.formats import Configuration
from cloudsmith_oidc.formats.base import Access
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.redaction import protect, quoted
from cloudsmith_oidc.settings import DEFAULT_API_HOST


@dataclass(frozen=True)
class Diagnosis:
    """Why Cloudsmith refuses, or would refuse. Nothing in it holds a secret.

    `findings` begin with the likeliest cause. `cause` is the first that is an error, None if nothing is wrong. `text`
    is the report of `cloudsmith-oidc explain`, `json` that of `explain --json`.
    """

    findings: tuple[Finding, ...]
    cause: Finding | None
    text: str = field(repr=False)
    json: str = field(repr=False)


def exchange_token(
    id_token: str, *, org: str, service: str, api_host: str = DEFAULT_API_HOST, timeout: float = 60
) -> CloudsmithToken:
    """Return a token of the service account `service` in the workspace `org`, in exchange for an ID token.

    It tries again, as the command does, until `timeout` seconds have passed. Raises `CloudsmithOidcError`, and
    `ValueError` for a malformed slug or host.
    """
    id_token = protect(id_token)
    account = ServiceAccount(values.base_url(api_host), values.slug(org), values.slug(service))
    return exchange.exchange(HttpClient(), account, IdToken.read(id_token), timeout=timeout)


def configure(  # noqa: PLR0913 - each by its name
    names: Iterable[str],
    token: CloudsmithToken,
    *,
    org: str,
    repos: Iterable[str] = (),
    directory: str | Path,
    domains: Mapping[str, str] | None = None,
    options: Mapping[str, Iterable[str]] | None = None,
) -> Configuration:
    """Return the files and the variables with which the clients of the formats `names` are logged in.

    Nothing is written: the paths of the files are relative to `directory`, and the variables point there. `domains` and
    `options` have the form of the step's options `domains` and `formatOptions`. Raises `CloudsmithOidcError`, and
    `ValueError` for a malformed value.
    """
    chosen = [formats.checked_name(name) for name in _listed(names)]
    access = Access(
        org=values.slug(org),
        repos=tuple(map(values.repository, _listed(repos))),
        token=token.value,
        directory=str(values.login_directory(str(directory))),
        domains=dict(values.domain(f"{key}={host}") for key, host in (domains or {}).items()),
        options={
            key: tuple(formats.checked_option(f"{key}={value}")[1] for value in given)
            for key, given in (options or {}).items()
        },
        environment=os.environ,
    )
    formats.require_usable(chosen, access.repos, access.domains)
    return formats.configure(chosen, access)


def diagnose(  # noqa: PLR0913 - each by its name
    id_token: str,
    *,
    org: str,
    service: str,
    repos: Iterable[str] = (),
    api_key: str = "",
    api_host: str = DEFAULT_API_HOST,
    timeout: float = 60,
) -> Diagnosis:
    """Return why Cloudsmith refuses the ID token, as `cloudsmith-oidc explain` reports it.

    It tries the exchange, and discards the token that it gets. With the API key of a Manager or Owner it also reads
    the settings in Cloudsmith, those of `repos` included. A malformed argument is a finding.
    """
    id_token, api_key = protect(id_token), protect(api_key)
    account, expectations = ServiceAccount(api_host, org, service), Expectations(repositories=_listed(repos))
    report = report_on(gather(id_token, account, expectations, Deadline(timeout), api_key=api_key))
    return Diagnosis(report.findings, report.cause, as_text(report), as_json(report))


def _listed(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts without repetition, which some clients refuse. Raises `ValueError` if given one text alone."""
    if texts == str(texts):
        raise ValueError(f"{quoted(texts)} would be taken for its letters: give a list")
    return tuple(dict.fromkeys(texts))
