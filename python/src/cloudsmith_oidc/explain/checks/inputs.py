"""Whether the settings can be used."""

from collections.abc import Callable, Iterator

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding, finding
from cloudsmith_oidc.redaction import one_line
from cloudsmith_oidc.values import base_url, slug


def account(evidence: Evidence) -> Iterator[Finding]:
    """Check the workspace, the service account, the repositories and the API host."""
    given = evidence.account
    yield from _setting("org-invalid", "workspace slug", given.org, slug, "a slug such as 'acme'")
    yield from _setting("service-invalid", "service account slug", given.slug, slug, "a slug such as 'ci-reader'")
    for name in evidence.expectations.repositories:
        yield from _setting("repo-invalid", "repository slug", name, slug, "a slug such as 'prod'")
    yield from _setting("api-host-invalid", "API host", given.api_host, base_url, "a host, host:port or https URL")


def network(evidence: Evidence) -> Iterator[Finding]:
    """Check that requests could be sent with this machine's proxy and CA settings."""
    documents = [document.error for document in (evidence.discovery, evidence.jwks) if document]
    unusable = [error for error in (*documents, evidence.exchange_error) if isinstance(error, SettingsError)]
    for error in unusable[:1]:
        yield finding(
            "network-settings-invalid",
            found=one_line(error.message),
            expected="proxy and CA settings that can be used",
            hint=error.hint,
        )


def _setting(code: str, name: str, value: str, check: Callable[[str], str], expected: str) -> Iterator[Finding]:
    try:
        check(value)
    except ValueError as error:
        yield finding(code, found=str(error) if value else f"no {name} is given", expected=expected)
