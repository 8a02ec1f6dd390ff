"""Whether what is entered in Cloudsmith lets this token in: the provider, its claims, the service account's way."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from urllib.parse import unquote

from cloudsmith_oidc.explain.cloudsmith_side import LEVELS, Settings
from cloudsmith_oidc.explain.comparison import Claim, comparisons, privilege, service_account
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import CODES, Finding, finding
from cloudsmith_oidc.explain.issuers import issuer_of
from cloudsmith_oidc.explain.matching import matches, text
from cloudsmith_oidc.explain.text import shown
from cloudsmith_oidc.issuer_documents import CONFIGURATION, first_few
from cloudsmith_oidc.redaction import one_line

_MAX_FINDINGS = 5
"""Of one kind. The report's table has the rest."""
_NOT_FOUND = 404
_SLUG_FIRST = "Check the slug: Cloudsmith says 404 of what is not there and of what the key's owner may not see. "
_MAX_COMPARED = 500
_MAX_COMPARED_CHARACTERS = 200


def reading(evidence: Evidence) -> Iterator[Finding]:
    """Report what the API key did not show."""
    unread = evidence.cloudsmith.unread if evidence.cloudsmith else ()
    for one in islice(unread, _MAX_FINDINGS):
        yield finding(
            "api-key-refused" if one.refused else "cloudsmith-unread",
            found=f"{one_line(one.what)}: {one.why}",
            expected=f"{one_line(one.what)} of the workspace {shown(evidence.account.org)}",
            hint=_SLUG_FIRST + CODES["api-key-refused"].action if one.status == _NOT_FOUND else None,
        )


def url(evidence: Evidence) -> Iterator[Finding]:
    """Check that there is a provider for the token's issuer; if not, name the nearest and what differs."""
    side = evidence.cloudsmith
    if side is None or side.providers is None or evidence.issuer is None:
        return
    met = comparisons(evidence)
    if met:
        if met[0].settings.url != evidence.issuer:
            yield finding(
                "provider-missing",
                found=f"{_name(met[0].settings)} has the URL {shown(met[0].settings.url)}",
                expected=f"{one_line(evidence.issuer)}, without the slash at the end",
                hint="If nothing else explains a refusal, enter the provider URL in Cloudsmith without the slash",
                severity="info",
            )
        return
    expected = f"a provider with the URL {one_line(evidence.issuer)}"
    nearest = min(side.providers, key=lambda one: _distance(one.url, evidence.issuer or ""), default=None)
    if nearest is None:
        yield finding("provider-missing", found="the workspace has no provider", expected=expected)
    elif _distance(nearest.url, evidence.issuer) > _FAR:
        urls = first_few(one.url for one in side.providers)
        yield finding("provider-missing", found=f"the providers have other URLs: {urls}", expected=expected)
    else:
        differences = list(_differences(nearest.url, evidence.issuer))
        what = " and ".join(one.words for one in differences)
        remedy = next((one.remedy for one in differences if one.remedy), "")
        yield finding(
            "provider-missing",
            found=f"the nearest is {_name(nearest)} with the URL {shown(nearest.url)}: {what}",
            expected=expected,
            hint=f"In {_name(nearest)}, enter the provider URL {one_line(evidence.issuer)}{remedy}",
        )


def enabled(evidence: Evidence) -> Iterator[Finding]:
    """Check that the provider is enabled."""
    for compared in comparisons(evidence)[:1]:
        if not compared.settings.enabled:
            found = f"{_name(compared.settings)} is disabled"
            yield finding("provider-disabled", found=found, expected="an enabled provider")


def claims(evidence: Evidence) -> Iterator[Finding]:
    """Check each claim that the provider requires."""
    for compared in comparisons(evidence)[:1]:
        for claim in compared.unfit[:_MAX_FINDINGS]:
            label = one_line(claim.name)
            yield finding(
                "provider-claim-mismatch",
                found=f"{label} is {shown(claim.found)}, which is not what {_name(compared.settings)} requires",
                expected=f"{label} is {shown(claim.required)}",
                hint=_remedy(claim, evidence),
            )


def service(evidence: Evidence) -> Iterator[Finding]:
    """Check that the service account exists."""
    known = evidence.cloudsmith.services if evidence.cloudsmith else None
    if known is None or service_account(evidence) or not evidence.account.slug:
        return
    asked = evidence.account.slug
    named = next((one.slug for one in known if one.name.casefold() == asked.casefold()), None)
    nearest = named or _nearest(asked, (one.slug for one in known))
    slugs = first_few(one.slug for one in known) or "none"
    yield finding(
        "service-unknown",
        found=f"the service accounts are {slugs}",
        expected=f"a service account {shown(asked)}",
        hint=f"Give {shown(nearest)}, if that is the one meant, with --service or CLOUDSMITH_SERVICE_SLUG"
        if nearest
        else None,
    )


def link(evidence: Evidence) -> Iterator[Finding]:
    """Check that the provider lets in as the service account."""
    known = evidence.cloudsmith.services if evidence.cloudsmith else None
    for compared in comparisons(evidence)[:1]:
        settings, asked = compared.settings, shown(evidence.account.slug)
        value = evidence.token.claims.get(settings.mapping_claim) if evidence.token else None
        name, label = _name(settings), one_line(settings.mapping_claim)
        if compared.way == "not linked" and (known is None or service_account(evidence)):
            linked = first_few(settings.services) or "no service account"
            yield finding(
                "provider-service-unlinked", found=f"{name} is linked to {linked}", expected=f"a link to {asked}"
            )
        elif compared.way == "no mapping":
            mapped = [required for required, _ in settings.mappings or ()]
            nearest = _nearest(text(value), mapped)
            yield finding(
                "provider-mapping-missing",
                found=f"{label} is {shown(value)}; {name} maps {first_few(mapped) or 'no value'}",
                expected=f"a mapping from a value of {label} to {asked}",
                hint=f"The nearest value is {shown(nearest)}: correct it in Cloudsmith, or add {shown(value)}"
                if nearest
                else f"The token has no {label}: map another claim{_or_add_it(evidence)}"
                if value is None
                else None,
            )
        elif compared.way == "mapped to another":
            yield finding(
                "provider-mapping-missing",
                found=f"{name} maps {label} = {shown(value)} to {shown(compared.mapped)}",
                expected=f"a mapping to {asked}",
                hint=f"Log in as {shown(compared.mapped)}, or correct the mapping in Cloudsmith",
            )


def repositories(evidence: Evidence) -> Iterator[Finding]:
    """Check that the service account may do in each repository what the settings ask for."""
    account, side = service_account(evidence), evidence.cloudsmith
    if account is None or side is None:
        return
    needed = "Write" if evidence.expectations.write else "Read"
    for repository in side.repositories:
        has = privilege(account, repository)
        if LEVELS.index(has) < LEVELS.index(needed):
            yield finding(
                "repository-forbidden",
                found=f"{shown(account.slug)} has {'no privilege' if has == 'None' else has} on {repository.slug}",
                expected=f"{needed} on {repository.slug}",
            )


def _name(settings: Settings) -> str:
    return f"provider '{shown(settings.name)}'"


def _nearest(wanted: str, known: Iterable[str]) -> str | None:
    cut = {one[:_MAX_COMPARED_CHARACTERS]: one for one in islice(known, _MAX_COMPARED)}
    return next((cut[one] for one in get_close_matches(wanted[:_MAX_COMPARED_CHARACTERS], cut, n=1)), None)


# What differs between a provider URL and an issuer


@dataclass(frozen=True)
class _Address:
    """An issuer's URL in the parts that Jenkins makes it from: SCHEME://HOST/PATH/oidc/job/FOLDER."""

    scheme: str
    host: str
    path: str
    oidc: str
    folder: str


@dataclass(frozen=True)
class _Difference:
    words: str
    remedy: str = ""


_WEIGHTS = {"scheme": 1, "host": 3, "path": 1, "oidc": 1, "folder": 1}
_FAR = 3
"""Beyond this, two URLs have nothing to do with each other: another host, and one thing more."""


def _address(url: str) -> _Address:
    scheme, _, rest = url.strip().partition("://")
    host, _, path = rest.removesuffix(f"/{CONFIGURATION}").partition("/")
    segments = [segment for segment in path.split("/") if segment]
    place = segments.index("job") if "job" in segments else len(segments)
    before, folder = segments[:place], segments[place:]
    oidc = before.pop() if before and before[-1] == "oidc" else ""
    return _Address(scheme, host, "/".join(before), oidc, "/".join(folder))


def _distance(url: str, issuer: str) -> int:
    entered, needed = _address(url), _address(issuer)
    return sum(weight for part, weight in _WEIGHTS.items() if getattr(entered, part) != getattr(needed, part))


def _differences(url: str, issuer: str) -> Iterator[_Difference]:
    """Say in words what differs, part by part."""
    if url.strip().rstrip("/").casefold() == issuer.rstrip("/").casefold():
        yield _Difference("it differs in upper and lower case, or in a slash or white space at an end")
        return
    if url.rstrip("/").endswith(f"/{CONFIGURATION}"):
        yield _Difference(f"it ends in /{CONFIGURATION}, which Cloudsmith adds itself")
    entered, needed = _address(url), _address(issuer)
    if entered.scheme != needed.scheme:
        yield _Difference(f"it has {shown(entered.scheme)} instead of {shown(needed.scheme)}")
    if entered.host != needed.host:
        yield _Difference(f"the host is {shown(entered.host)} instead of {shown(needed.host)}")
    if entered.path != needed.path:
        yield _Difference(f"the path is /{one_line(entered.path)} instead of /{one_line(needed.path)}")
    if entered.oidc != needed.oidc:
        yield _Difference("it lacks /oidc" if needed.oidc else "it has an /oidc too many")
    if entered.folder != needed.folder:
        yield _Difference(
            f"it is the issuer of {_scope(entered)}, and the token's is that of {_scope(needed)}",
            f". Or bind a credential of {_scope(entered)}: each folder has an issuer of its own",
        )


def _scope(address: _Address) -> str:
    return f"the folder {one_line(address.folder.removeprefix('job/'))}" if address.folder else "the whole controller"


# What differs between a required claim and the token's


def _remedy(claim: Claim, evidence: Evidence) -> str | None:
    if not isinstance(claim.found, str):
        return _missing(claim, evidence) if claim.found is None else None
    required, found = text(claim.required), claim.found
    return next((words for differs, words in _MISTAKES if differs(required, found)), None)


def _missing(claim: Claim, evidence: Evidence) -> str:
    sent = evidence.token.claims if evidence.token else {}
    other = next((one for one in sent if one.casefold() == claim.name.casefold()), None)
    other = other or next((one for one in sent if matches(sent[one], claim.required)), None)
    if other is not None:
        return f"The token says so in {one_line(other)}: require that claim in Cloudsmith instead"
    return (
        f"The token has no such claim; it has {first_few(sent)}. Remove it from the provider in Cloudsmith"
        + _or_add_it(evidence)
    )


def _or_add_it(evidence: Evidence) -> str:
    more_claims = issuer_of(evidence.token.claims if evidence.token else {}).more_claims
    return more_claims and f", or {more_claims}"


_MISTAKES: tuple[tuple[Callable[[str, str], bool], str], ...] = (
    (
        lambda required, _: "*" in required[:-1],
        "A wildcard counts at the end of a value only: correct it in Cloudsmith",
    ),
    (
        lambda required, found: required.strip().rstrip("/") == found.rstrip("/"),
        "They differ in a slash or white space at an end: enter the token's value in Cloudsmith",
    ),
    (
        lambda required, found: required.casefold() == found.casefold(),
        "They differ in upper and lower case: enter the token's value in Cloudsmith",
    ),
    (
        lambda required, found: unquote(required) == unquote(found),
        "They differ in how characters are escaped: enter the token's value in Cloudsmith",
    ),
    (
        lambda required, found: required.partition("://")[2] == found.partition("://")[2] != "",
        "One has http where the other has https: correct the required claim in Cloudsmith, or the issuer's settings",
    ),
    (
        lambda required, found: required.endswith("/") and found.startswith(required),
        "The required value is a folder without a wildcard: enter the job, or add one (the pages show both * and .*)",
    ),
)
"""Mistakes that are easily made, and what to do."""
