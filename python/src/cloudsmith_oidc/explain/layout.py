"""The order and the words of a report for people. `text_report` and `html_report` write the same sections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding
from cloudsmith_oidc.explain.hosts import host_of
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
    for title, blocks in _sections(report):
        if present := [block for block in blocks if block]:
            yield title, present


def _sections(report: Report) -> Iterator[tuple[str, list[Block | None]]]:
    """Yield every section. Blocks that this report lacks are empty."""
    cause, evidence, form = report.cause, report.evidence, filled_in(report.evidence)
    system, service = evidence.system, shown(evidence.account.slug)
    yield "", [report.summary, report.chain, *_unchecked(report.chain)]
    yield "What you did not expect" if report.unexpected else "The likely cause", [cause]
    others = [finding for finding in report.findings if finding is not cause]
    yield "Also found" if cause else "What was found", [*others]
    for match in evidence.providers[:MAX_PROVIDERS]:
        disabled = "" if match.provider.enabled else ", which is disabled"
        yield f"The {match.provider.title} in Cloudsmith{disabled}", [*_requirements(match, service)]
    yield f"The privileges of the service account {service} in Cloudsmith", [report.privileges]
    yield "The custom domains of the workspace", [*_domains(evidence)]
    meanings = _FIELDS | dict(system.claims)
    rows = tuple((name, ((value,), meanings[name])) for name, value in report.claims.items())
    caption = f"Claims and header of a token of {system.name}, unverified"
    yield "The ID token", [Table(caption, ("claim", "value", "meaning"), rows, is_glossary=True) if rows else None]
    entered = form.url or form.choices
    yield "What to enter in Cloudsmith (workspace settings, OpenID Connect)", [*_form(form)] if entered else []
    terraform, setup = (Listing(text) if text else None for text in (form.terraform, form.setup))
    yield "The first choice as Terraform (provider cloudsmith-io/cloudsmith)", [terraform]
    yield system.setup_title, [setup]
    yield "", [report.note if report.claims else None]


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


def _domains(evidence: Evidence) -> Iterator[Block]:
    """Yield the custom domains, and the setting that uses those for the job's clients."""
    used = evidence.expectations.domain_urls
    yield {
        f"{key}={host_of(url)}": "used by this job" if url in used else "not used by this job"
        for key, url in evidence.workspace.domains
    }
    if not used.issuperset(evidence.domains.values()):
        hosts = {key: host_of(url) for key, url in evidence.domains.items()}
        step = ", ".join(f"'{key}': '{host}'" for key, host in hosts.items())
        command = " ".join(f"--domain {key}={host}" for key, host in hosts.items())
        yield "To use those that the chosen formats can use:"
        yield {"step": (f"domains: [{step}]",), "command": (command,)}


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
