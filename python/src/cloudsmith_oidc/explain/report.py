"""A finished diagnosis, as text for people and as JSON for programs (docs/explain-json.md). `page` makes HTML of it."""

import dataclasses
import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cloudsmith_oidc.explain.chain import Stage, chain
from cloudsmith_oidc.explain.evidence import Evidence, slug_or_nothing
from cloudsmith_oidc.explain.findings import CODES, Finding
from cloudsmith_oidc.explain.issuers import Issuer, issuer_of
from cloudsmith_oidc.explain.provider import WILDCARDS, Provider, provider
from cloudsmith_oidc.explain.text import instant, shown

NOTE = (
    "This report was made on this machine. It cannot tell whether Cloudsmith reaches the issuer, nor what is "
    "entered in Cloudsmith."
)
_WIDTH = 100
"""Columns of the text. What is there to be copied is not wrapped: claims, addresses, Terraform."""


@dataclass(frozen=True)
class ClaimRow:
    """A claim that Cloudsmith's provider requires, and what the token has. `fits` is `None` where nobody can say."""

    name: str
    required: str
    found: str
    fits: bool | None


@dataclass(frozen=True)
class Report:
    """The findings, the likeliest cause first, and what they rest on. `rows` compare what Cloudsmith requires."""

    evidence: Evidence
    findings: tuple[Finding, ...]
    rows: tuple[ClaimRow, ...] = ()

    @property
    def issuer(self) -> Issuer:
        """The system that issued the token."""
        return issuer_of(self.evidence.token.claims if self.evidence.token else {})

    @property
    def chain(self) -> tuple[Stage, ...]:
        """The way from the token to the repository, and where it breaks."""
        return chain(self.evidence, self.findings, self.issuer.name)

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
            return "Cloudsmith granted the exchange; the token that it issued was discarded."
        return "Nothing wrong was found on this machine; the exchange was not tried."

    @property
    def claims(self) -> dict[str, str]:
        """The claims and header fields that matter, `MISSING` where absent, and this machine's clock.

        Of the claims that only some systems have, those that the token has.
        """
        token = self.evidence.token
        if token is None:
            return {}
        names = [name for name in self.issuer.claims if name in {"iss", "sub", "aud"} or name in token.claims]
        texts = {name: shown(token.claims.get(name)) for name in names}
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
            "chain": [{"link": stage.link, "name": stage.name, "state": stage.state} for stage in report.chain],
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
        "wildcards": WILDCARDS,
        "terraform": provider.terraform,
        "configuration_as_code": provider.setup,
    }


def as_text(report: Report) -> str:
    """Write the report for people: the cause, the claims, and what to enter, as far as it is known."""
    provider = report.provider
    sections = [
        _findings(report),
        _claims(report),
        _form(provider),
        _block("The first choice as Terraform (provider cloudsmith-io/cloudsmith)", provider.terraform),
        _block(report.issuer.setup_title, provider.setup),
        _note(report),
    ]
    return "\n\n".join(text for section in sections if (text := "\n".join(section))) + "\n"


def _note(report: Report) -> Iterator[str]:
    if report.claims:
        yield from _wrapped(NOTE)


def _findings(report: Report) -> Iterator[str]:
    yield from _wrapped(report.summary)
    # A link is not broken over two lines.
    links = (f"{stage.name}: {stage.state}".replace(" ", "\N{NO-BREAK SPACE}") for stage in report.chain)
    yield from (line.replace("\N{NO-BREAK SPACE}", " ") for line in _wrapped(" -> ".join(links)))
    for finding in report.findings:
        yield ""
        yield f"{finding.severity}: {finding.code}"
        yield from _wrapped(finding.found, "  found:     ")
        yield from _wrapped(finding.expected, "  expected:  ")
        yield from _wrapped(finding.hint, "  to do:     ")


def _claims(report: Report) -> Iterator[str]:
    if report.claims:
        yield "The ID token says (clock: what this machine's clock says):"
    width = max(map(len, report.claims), default=0)
    for name, text in report.claims.items():
        yield f"  {name:<{width}} {text}"


def _form(provider: Provider) -> Iterator[str]:
    if provider.url or provider.choices:
        yield "To enter in Cloudsmith (workspace settings, OpenID Connect):"
    if provider.url:
        yield f"  provider URL      {shown(provider.url)}"
    if provider.service and provider.url:
        yield f"  service account   {shown(provider.service)}"
    if provider.choices:
        yield "  required claims   one of these choices:"
    for choice in provider.choices:
        yield f"    {choice.scope}:"
        yield from (f"      {name} = {shown(value)}" for name, value in choice.claims.items())
        yield from _wrapped(choice.lets_in, "      lets in ")
    if provider.has_wildcards:
        yield from _wrapped(WILDCARDS, "  ")


def _block(title: str, text: str | None) -> Iterator[str]:
    if text is not None:
        yield f"{title}:"
        for line in text.splitlines():
            yield f"  {line}".rstrip()


def _wrapped(text: str, label: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )
