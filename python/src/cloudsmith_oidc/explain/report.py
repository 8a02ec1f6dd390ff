"""A finished diagnosis, as text for people and as JSON for programs (docs/explain-json.md)."""

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cloudsmith_oidc.explain.evidence import Evidence, slug_or_nothing
from cloudsmith_oidc.explain.findings import CODES, Finding
from cloudsmith_oidc.explain.provider import Provider, provider
from cloudsmith_oidc.explain.text import MISSING, instant, shown

NOTE = (
    "All of this was looked at from this machine: it does not prove that Cloudsmith can reach the issuer, nor what is "
    "entered in Cloudsmith."
)


@dataclass(frozen=True)
class Report:
    """The findings, the likeliest cause first, and what they rest on."""

    evidence: Evidence
    findings: tuple[Finding, ...]

    @property
    def cause(self) -> Finding | None:
        """The likely cause: the first error."""
        return next((finding for finding in self.findings if finding.severity == "error"), None)

    @property
    def exchange(self) -> str:
        """What became of the exchange: `granted`, `failed` or `not tried`."""
        if self.evidence.granted:
            return "granted"
        return "failed" if self.evidence.exchange_error else "not tried"

    @property
    def summary(self) -> str:
        """One sentence."""
        if self.cause is not None:
            return f"Likely cause: {self.cause.code}. {CODES[self.cause.code].meaning}"
        if self.evidence.granted:
            return "Cloudsmith granted the exchange; the token that it issued was thrown away."
        return "Nothing is wrong as far as it can be seen from here; the exchange was not tried."

    @property
    def claims(self) -> dict[str, str]:
        """The claims and header fields that matter, `MISSING` where absent, and this machine's clock."""
        token = self.evidence.token
        if token is None:
            return {}
        texts = {name: shown(token.claims.get(name)) for name in ("iss", "sub", "aud")}
        texts |= {name: shown(token.header.get(name)) for name in ("kid", "alg")}
        texts |= {name: instant(token.time(name)) for name in ("iat", "exp")}
        return texts | {"clock": instant(self.evidence.now)}

    @property
    def provider(self) -> Provider:
        """What to enter in Cloudsmith."""
        account, token = self.evidence.account, self.evidence.token
        return provider(
            slug_or_nothing(account.org),
            slug_or_nothing(account.slug),
            token.header if token else {},
            token.claims if token else {},
        )


def as_json(report: Report) -> str:
    """Write the report as one JSON object."""
    return json.dumps(
        {
            "findings": [dataclasses.asdict(finding) for finding in report.findings],
            "summary": {
                "text": report.summary,
                "cause": report.cause.code if report.cause else None,
                "exit_code": CODES[report.cause.code].error.exit_code if report.cause else 0,
                "exchange": report.exchange,
            },
            "token": report.claims or None,
            "provider": _provider_json(report.provider),
            "note": NOTE,
        },
        indent=2,
        ensure_ascii=False,
    )


def _provider_json(provider: Provider) -> dict[str, Any]:
    return {
        "provider_url": provider.url,
        "service_account": provider.service,
        "claims": [dataclasses.asdict(choice) for choice in provider.choices],
        "terraform": provider.terraform,
        "configuration_as_code": provider.configuration_as_code,
    }


def as_text(report: Report) -> str:
    """Write the report for people: the cause, the claims, and what to enter."""
    sections = [_findings(report), _claims(report), _entry(report.provider), iter([NOTE])]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _findings(report: Report) -> Iterator[str]:
    yield report.summary
    for finding in report.findings:
        yield ""
        yield f"{finding.severity}: {finding.code}"
        yield f"  found:     {finding.found}"
        yield f"  expected:  {finding.expected}"
        yield f"  to do:     {finding.hint}"


def _claims(report: Report) -> Iterator[str]:
    yield "The ID token says (clock: what this machine's clock says):"
    for name, text in (report.claims or {"token": MISSING}).items():
        yield f"  {name:<5} {text}"


def _entry(provider: Provider) -> Iterator[str]:
    yield "To enter in Cloudsmith (workspace settings, OpenID Connect):"
    yield f"  provider URL      {shown(provider.url)}"
    yield f"  service account   {shown(provider.service)}"
    yield f"  required claims   {'one of these choices:' if provider.choices else MISSING}"
    for choice in provider.choices:
        claims = ", ".join(f"{name} = {shown(value)}" for name, value in choice.claims.items())
        yield f"    {choice.scope}: {claims}"
        yield f"      lets in {choice.lets_in}"
    yield from _block("The first choice as Terraform (provider cloudsmith-io/cloudsmith):", provider.terraform)
    yield from _block("The credential in Jenkins, as configuration as code:", provider.configuration_as_code)


def _block(title: str, text: str) -> Iterator[str]:
    yield ""
    yield title
    for line in text.splitlines():
        yield f"  {line}".rstrip()
