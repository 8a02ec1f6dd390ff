"""A finished diagnosis, as text for people and as JSON for programs (docs/explain-json.md). `page` makes HTML of it."""

import dataclasses
import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cloudsmith_oidc.explain.chain import Stage, chain
from cloudsmith_oidc.explain.comparison import WAYS_IN, Comparison, comparisons, privilege, service_account
from cloudsmith_oidc.explain.evidence import Evidence, slug_or_nothing
from cloudsmith_oidc.explain.findings import CODES, Finding
from cloudsmith_oidc.explain.issuers import Issuer, issuer_of
from cloudsmith_oidc.explain.provider import WILDCARDS, Provider, provider
from cloudsmith_oidc.explain.text import instant, shown
from cloudsmith_oidc.redaction import one_line

_ONE_SIDE = (
    "This report was made on this machine. It cannot tell whether Cloudsmith reaches the issuer, nor what is "
    "entered in Cloudsmith. With an API key of a Manager or Owner in CLOUDSMITH_API_KEY, it also reads the providers, "
    "the service accounts and the privileges there, and compares them with the token."
)
_BOTH_SIDES = "This report was made on this machine. It cannot tell whether Cloudsmith reaches the issuer."
_MAX_CLAIMS = 20
_MAX_COMPARED = 5
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
    """The findings, the likeliest cause first, and what they rest on."""

    evidence: Evidence
    findings: tuple[Finding, ...]

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
    def rows(self) -> tuple[ClaimRow, ...]:
        """The claims that the provider requires which comes nearest to letting the token in, beside the token's."""
        return tuple(
            ClaimRow(
                one_line(claim.name),
                shown(claim.required),
                shown(claim.found),
                fits=None if claim.fits and claim.doubt else claim.fits,
            )
            for compared in comparisons(self.evidence)[:1]
            for claim in compared.claims[:_MAX_CLAIMS]
        )

    @property
    def note(self) -> str:
        """What the report cannot tell."""
        return _BOTH_SIDES if self.evidence.cloudsmith else _ONE_SIDE

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
            "cloudsmith": _cloudsmith_json(report.evidence),
            "provider": _provider_json(report.provider),
            "note": report.note,
        },
        indent=2,
        ensure_ascii=False,
    )


def _cloudsmith_json(evidence: Evidence) -> dict[str, Any] | None:
    side, account = evidence.cloudsmith, service_account(evidence)
    if side is None:
        return None
    return {
        "providers": [
            {
                "name": shown(compared.settings.name),
                "provider_url": shown(compared.settings.url),
                "enabled": compared.settings.enabled,
                "claims": [
                    {
                        "name": one_line(claim.name),
                        "required": shown(claim.required),
                        "found": shown(claim.found),
                        "fits": claim.fits,
                        "doubt": claim.doubt,
                    }
                    for claim in compared.claims[:_MAX_CLAIMS]
                ],
                "service_account": compared.way,
            }
            for compared in comparisons(evidence)[:_MAX_COMPARED]
        ],
        "service_account": None if side.services is None else account is not None,
        "repositories": [
            {"slug": repository.slug, "privilege": privilege(account, repository)}
            for repository in side.repositories
            if account
        ],
        "unread": [f"{one_line(one.what)}: {one.why}" for one in side.unread[:_MAX_COMPARED]],
    }


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
        *map(_compared, comparisons(report.evidence)[:_MAX_COMPARED]),
        _account(report.evidence),
        _form(provider),
        _block("The first choice as Terraform (provider cloudsmith-io/cloudsmith)", provider.terraform),
        _block(report.issuer.setup_title, provider.setup),
        _note(report),
    ]
    return "\n\n".join(text for section in sections if (text := "\n".join(section))) + "\n"


def _note(report: Report) -> Iterator[str]:
    if report.claims:
        yield from _wrapped(report.note)


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


def _compared(compared: Comparison) -> Iterator[str]:
    settings = compared.settings
    state = "" if settings.enabled else ", which is disabled"
    yield from _wrapped(f"In Cloudsmith, the provider '{shown(settings.name)}' with this issuer's URL{state}:")
    yield f"  {'claim':<18} fits  {'what':<9} value"
    for claim in compared.claims[:_MAX_CLAIMS]:
        yield f"  {one_line(claim.name):<18} {'yes' if claim.fits else 'NO':<5} required  {shown(claim.required)}"
        yield f"  {'':<18} {'':<5} in token  {shown(claim.found)}"
        if claim.fits and claim.doubt:
            yield f"  {'':<18} {'':<5} if Cloudsmith {_DOUBTS[claim.doubt]}"
    if len(compared.claims) > _MAX_CLAIMS:
        yield f"  and {len(compared.claims) - _MAX_CLAIMS:,} more"
    yield f"  {'service account':<18} {'yes' if compared.way in WAYS_IN else 'NO':<5} {compared.way}"


_DOUBTS = {"wildcard": "takes this spelling of the wildcard", "list": "matches lists"}


def _account(evidence: Evidence) -> Iterator[str]:
    account, side = service_account(evidence), evidence.cloudsmith
    if account is None or side is None or not side.repositories:
        return
    yield f"In Cloudsmith, the service account {shown(account.slug)} has these privileges:"
    for repository in side.repositories:
        yield f"  {repository.slug:<18} {privilege(account, repository)}"


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
