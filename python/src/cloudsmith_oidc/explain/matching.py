"""How the ID token compares with what the workspace in Cloudsmith has: its providers and their required claims.

Sources: Cloudsmith documentation, "OpenID Connect" (a wildcard works at the end of a value only). Cloudsmith does not
document how it compares a list or a number: here one member of a list is enough, and a number is compared as text.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Literal, NamedTuple

from cloudsmith_oidc.explain.shown import shown
from cloudsmith_oidc.explain.workspace import Provider
from cloudsmith_oidc.issuer_documents import CONFIGURATION
from cloudsmith_oidc.redaction import one_line

_MAX_COMPARED = 500
_MAX_COMPARED_CHARACTERS = 200
_MAX_MEMBERS = 100
"""Of a list, on either side: two long ones would keep this machine busy."""


def matches(found: object, required: object) -> bool:
    """Return whether a claim's value is the required one, or begins as it does up to a wildcard at its end."""
    if isinstance(required, list):
        return any(matches(found, member) for member in islice(required, _MAX_MEMBERS) if not isinstance(member, list))
    expected = as_compared(required)
    members = found if isinstance(found, list) else [found]
    texts = (as_compared(member) for member in islice(members, _MAX_MEMBERS) if member is not None)
    start = before_wildcard(expected)
    return any(one == expected or (start is not None and one.startswith(start)) for one in texts)


def before_wildcard(required: str) -> str | None:
    """Return the part before the wildcard at the end of a required value, None if there is no wildcard.

    Cloudsmith's pages disagree whether it is .* or *, so that either is taken.
    """
    return required.removesuffix("*").removesuffix(".") if required.endswith("*") else None


def as_compared(value: object) -> str:
    """Return a claim as the text that it is compared as: JSON, unless it is text. Return "" if it has no JSON."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):  # it is nested too deeply, or a number is too long
        return ""


@dataclass(frozen=True)
class ClaimMatch:
    """A claim that a provider requires, next to the token's."""

    name: str
    required: object
    found: object

    @property
    def fits(self) -> bool:
        """Whether they match, as far as it is known how Cloudsmith compares."""
        return matches(self.found, self.required)

    @property
    def doubt(self) -> Literal["", "wildcard", "list"]:
        """Why a match is uncertain: the vendor's pages do not settle it. Empty if it is certain."""
        required = as_compared(self.required)
        if as_compared(self.found) != required and before_wildcard(required) is not None:
            return "wildcard"
        return "list" if isinstance(self.found, list) else ""


Way = Literal["linked", "mapped", "not linked", "no mapping", "mapped to another", "not known"]
"""How a provider gives access to the service account, or why it does not."""


@dataclass(frozen=True)
class ProviderMatch:
    """A provider next to the token. `mapped` is the service account that its mapping gives, "" if there is none."""

    provider: Provider
    claims: tuple[ClaimMatch, ...]
    way: Way
    mapped: str = ""

    @property
    def unfit(self) -> tuple[ClaimMatch, ...]:
        """The claims that do not match."""
        return tuple(claim for claim in self.claims if not claim.fits)

    @property
    def troubles(self) -> int:
        """The number of reasons for which it refuses this token. A mapping that was not read is none."""
        return (not self.provider.enabled) + len(self.unfit) + (self.way not in {"linked", "mapped", "not known"})


def match_providers(
    providers: Iterable[Provider], claims: Mapping[str, object], slug: str
) -> tuple[ProviderMatch, ...]:
    """Return the providers that have the token's issuer as their URL, the one with the fewest troubles first."""
    found = (_match(one, claims, slug) for one in providers if one.has_issuer(claims.get("iss")))
    return tuple(sorted(found, key=lambda match: match.troubles))


def _match(provider: Provider, claims: Mapping[str, object], slug: str) -> ProviderMatch:
    rows = tuple(ClaimMatch(name, required, claims.get(name)) for name, required in provider.claims.items())
    if not provider.mapping_claim:
        return ProviderMatch(provider, rows, "linked" if slug in provider.services else "not linked")
    if provider.mappings is None:
        return ProviderMatch(provider, rows, "not known")
    value = claims.get(provider.mapping_claim)
    mapped = next((service for required, service in provider.mappings if matches(value, required)), None)
    if mapped is None:
        return ProviderMatch(provider, rows, "no mapping")
    return ProviderMatch(provider, rows, "mapped" if mapped == slug else "mapped to another", mapped)


class Address(NamedTuple):
    """A provider's or issuer's URL in the parts that Jenkins makes it from: SCHEME://HOST/PATH/oidc/job/FOLDER."""

    scheme: str
    host: str
    path: str
    oidc: str
    folder: str

    @property
    def scope(self) -> str:
        """The part of Jenkins that has this issuer."""
        return f"the folder {one_line(self.folder.removeprefix('job/'))}" if self.folder else "the whole controller"


def address(url: str) -> Address:
    """Return the parts of any text."""
    scheme, _, rest = url.strip().partition("://")
    host, _, path = rest.removesuffix(f"/{CONFIGURATION}").partition("/")
    segments = [segment for segment in path.split("/") if segment]
    place = segments.index("job") if "job" in segments else len(segments)
    before, folder = segments[:place], segments[place:]
    oidc = before.pop() if before and before[-1] == "oidc" else ""
    return Address(scheme, host, "/".join(before), oidc, "/".join(folder))


def distance(url: str, issuer: str) -> int:
    """Return how much differs. Another host weighs as much as three other parts."""
    parts = zip(Address._fields, address(url), address(issuer), strict=True)
    return sum(3 if name == "host" else 1 for name, one, other in parts if one != other)


FAR = 4
"""Two URLs at this distance have nothing to do with each other."""


def url_differences(url: str, issuer: str) -> Iterator[str]:
    """Yield in words, part by part, how a provider's URL differs from the issuer."""
    if url.strip().rstrip("/").casefold() == issuer.rstrip("/").casefold():
        yield "it differs in upper and lower case, or in a slash or white space at an end"
        return
    if url.rstrip("/").endswith(f"/{CONFIGURATION}"):
        yield f"it ends in /{CONFIGURATION}, which Cloudsmith adds itself"
    entered, needed = address(url), address(issuer)
    if entered.scheme != needed.scheme:
        yield f"it has {shown(entered.scheme)} instead of {shown(needed.scheme)}"
    if entered.host != needed.host:
        yield f"the host is {shown(entered.host)} instead of {shown(needed.host)}"
    if entered.path != needed.path:
        yield f"the path is /{one_line(entered.path)} instead of /{one_line(needed.path)}"
    if entered.oidc != needed.oidc:
        yield "it lacks /oidc" if needed.oidc else "it has an extra /oidc"
    if entered.folder != needed.folder:
        yield f"it is the issuer of {entered.scope}, and the token's is that of {needed.scope}"


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that is nearly `wanted`, if there is one."""
    cut = {one[:_MAX_COMPARED_CHARACTERS]: one for one in islice(known, _MAX_COMPARED)}
    return next((cut[one] for one in get_close_matches(wanted[:_MAX_COMPARED_CHARACTERS], cut, n=1)), None)
