"""The order and the words of a report for people. `text_report` and `html_report` write the same sections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cloudsmith_oidc.explain.findings import Finding
from cloudsmith_oidc.explain.matching import ClaimMatch, ProviderMatch, Way
from cloudsmith_oidc.explain.provider_form import WILDCARDS, ProviderForm, filled_in
from cloudsmith_oidc.explain.report import MAX_CLAIMS, MAX_PROVIDERS, Report, Stage
from cloudsmith_oidc.explain.shown import shown
from cloudsmith_oidc.redaction import one_line

_FIELDS = {
    "kid": "the key that signed it",
    "alg": "the algorithm of the signature",
    "iat": "issued at",
    "exp": "valid until",
    "clock": "this machine's clock",
}
_IF = {"wildcard": "if Cloudsmith accepts this spelling of the wildcard", "list": "if Cloudsmith matches lists"}
_WAYS: dict[Way, str] = {
    "linked": "It is linked to the service account {service}.",
    "mapped": "Its dynamic mapping maps this token to the service account {service}.",
    "not linked": "It is not linked to the service account {service}.",
    "no mapping": "Its dynamic mapping has no value that matches this token.",
    "mapped to another": "Its dynamic mapping maps this token to another service account, {mapped}.",
    "not known": "Its dynamic mapping could not be read.",
}
Copy = tuple[str, ...]
"""Lines to be copied, which are never wrapped: claims, addresses."""


@dataclass(frozen=True)
class Verdict:
    """Whether a claim matches; `fits` is None if nobody can say."""

    text: str
    fits: bool | None


Cell = str | Copy | Verdict
Pairs = Mapping[str, Cell]


@dataclass(frozen=True)
class Table:
    """Rows of a name and a cell for each further column. With `is_glossary`, the last column only explains the name."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    is_glossary: bool = False


@dataclass(frozen=True)
class Listing:
    """Several lines to be copied as they are."""

    text: str


Chain = tuple[Stage, ...]
Block = str | Chain | Finding | Pairs | Table | Listing
"""The kinds of content. Text is a paragraph."""
Section = tuple[str, list[Block]]
"""Blocks under a title, which the first and the last section lack."""


def sections(report: Report) -> Iterator[Section]:
    """Yield the report from top to bottom."""
    cause, form, system = report.cause, filled_in(report.evidence), report.evidence.system
    service = shown(report.evidence.account.slug)
    yield "", [report.summary, report.chain, *_unchecked(report.chain)]
    if cause is not None:
        yield "What you did not expect" if report.unexpected else "The likely cause", [cause]
    others = [finding for finding in report.findings if finding is not cause]
    if others:
        yield "Also found" if cause else "What was found", [*others]
    for match in report.evidence.providers[:MAX_PROVIDERS]:
        disabled = "" if match.provider.enabled else ", which is disabled"
        yield f"The provider '{shown(match.provider.name)}' in Cloudsmith{disabled}", [*_requirements(match, service)]
    if report.privileges:
        yield f"The privileges of the service account {service} in Cloudsmith", [report.privileges]
    if report.claims:
        meanings = _FIELDS | dict(system.claims)
        rows = tuple((name, ((value,), meanings[name])) for name, value in report.claims.items())
        caption = f"Claims and header of a token of {system.name}, unverified"
        yield "The ID token", [Table(caption, ("claim", "value", "meaning"), rows, is_glossary=True)]
    if form.url or form.choices:
        yield "What to enter in Cloudsmith (workspace settings, OpenID Connect)", [*_form(form)]
    if form.terraform:
        yield "The first choice as Terraform (provider cloudsmith-io/cloudsmith)", [Listing(form.terraform)]
    if form.setup:
        yield system.setup_title, [Listing(form.setup)]
    if report.claims:
        yield "", [report.note]


def _unchecked(chain: Chain) -> Iterator[str]:
    unchecked = [stage for stage in chain if stage.state == "not checked"]
    for needs in dict.fromkeys(stage.needs for stage in unchecked):
        yield f"Not checked: {', '.join(stage.name for stage in unchecked if stage.needs == needs)}. {needs}."


def _requirements(match: ProviderMatch, service: str) -> Iterator[Block]:
    """Yield what a provider requires, next to what the token has."""
    caption = "The claims that it requires, next to those of this token"
    columns = ("claim", "Cloudsmith requires", "the token has", "verdict")
    rows = tuple(
        (one_line(claim.name), ((shown(claim.required),), (shown(claim.found),), _verdict(claim)))
        for claim in match.claims[:MAX_CLAIMS]
    )
    yield Table(caption, columns, rows) if rows else "It requires no claim."
    if len(match.claims) > MAX_CLAIMS:
        yield f"It requires {len(match.claims) - MAX_CLAIMS:,} more claims."
    if match.provider.jwks:
        yield "Its keys are uploaded: Cloudsmith fetches nothing from the issuer."
    yield _WAYS[match.way].format(service=service, mapped=shown(match.mapped))


def _verdict(claim: ClaimMatch) -> Verdict:
    if claim.fits and claim.doubt:
        return Verdict(f"matches, {_IF[claim.doubt]}", fits=None)
    return Verdict("matches" if claim.fits else "does not match", claim.fits)


def _form(form: ProviderForm) -> Iterator[Block]:
    entries = {"provider URL": form.url, "service account": form.service}
    yield {name: (shown(value),) for name, value in entries.items() if value}
    if form.choices:
        caption = "Required claims: one of these choices, from the narrowest to the widest"
        rows = tuple(
            (one.scope, (tuple(f"{name} = {shown(value)}" for name, value in one.claims.items()), one.authorizes))
            for one in form.choices
        )
        yield Table(caption, ("scope", "required claims", "authorizes"), rows)
    if any(value.endswith("*") for one in form.choices for value in one.claims.values()):
        yield WILDCARDS
