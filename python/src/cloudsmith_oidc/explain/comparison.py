"""Cloudsmith's side beside the token: which providers it meets, what each requires, and whom it lets in as.

No findings are made here: the checks and the report both look at what these functions return.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cloudsmith_oidc.explain.cloudsmith_side import LEVELS, Account, Repository, Settings
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.matching import before_wildcard, matches, text

Way = Literal["linked", "mapped", "not linked", "no mapping", "mapped to another", "not known"]
WAYS_IN: frozenset[Way] = frozenset({"linked", "mapped", "not known"})


@dataclass(frozen=True)
class Claim:
    """A required claim beside the token's."""

    name: str
    required: object
    found: object

    @property
    def fits(self) -> bool:
        """Whether they match, as far as it is known how Cloudsmith compares."""
        return matches(self.found, self.required)

    @property
    def doubt(self) -> Literal["", "wildcard", "list"]:
        """What of a match rests on something that the vendor's pages do not settle."""
        required = text(self.required)
        if text(self.found) != required and before_wildcard(required) is not None:
            return "wildcard"
        return "list" if isinstance(self.found, list) else ""


@dataclass(frozen=True)
class Comparison:
    """A provider beside the token. `way` is how the service account is reached through it, or why it is not.

    `mapped` is the service account that the provider's mapping leads to, if there is one.
    """

    settings: Settings
    claims: tuple[Claim, ...]
    way: Way
    mapped: str = ""

    @property
    def unfit(self) -> tuple[Claim, ...]:
        """The claims that do not match."""
        return tuple(claim for claim in self.claims if not claim.fits)

    @property
    def troubles(self) -> int:
        """In how many ways the provider keeps this token out."""
        return (not self.settings.enabled) + len(self.unfit) + (self.way not in WAYS_IN)


def comparisons(evidence: Evidence) -> tuple[Comparison, ...]:
    """Compare every provider that has the token's issuer as its URL; the one that comes nearest to let in is first."""
    known = evidence.cloudsmith.providers if evidence.cloudsmith else None
    claims = evidence.token.claims if evidence.token else {}
    return tuple(
        sorted(
            (_compare(one, claims, evidence.account.slug) for one in known or () if one.serves(evidence.issuer)),
            key=lambda compared: compared.troubles,
        )
    )


def service_account(evidence: Evidence) -> Account | None:
    """Return the service account of the settings, `None` if Cloudsmith has none, or nothing of it is known."""
    known = evidence.cloudsmith.services if evidence.cloudsmith else None
    return next((account for account in known or () if account.slug == evidence.account.slug), None)


def privilege(account: Account, repository: Repository) -> str:
    """Return the greatest privilege of a service account: given to it, to one of its teams, or to everybody."""
    return max(repository.given_to_all, given(account, repository), key=LEVELS.index)


def given(account: Account, repository: Repository) -> str:
    """Return the greatest privilege that was given to the service account or to one of its teams."""
    levels = (
        level
        for kind, slug, level in repository.privileges
        if (slug == account.slug if kind == "service" else slug in account.teams)
    )
    return max(levels, key=LEVELS.index, default="None")


def _compare(settings: Settings, claims: Mapping[str, object], slug: str) -> Comparison:
    rows = tuple(Claim(name, required, claims.get(name)) for name, required in settings.claims.items())
    if not settings.mapping_claim:
        return Comparison(settings, rows, "linked" if slug in settings.services else "not linked")
    if settings.mappings is None:
        return Comparison(settings, rows, "not known")
    value = claims.get(settings.mapping_claim)
    mapped = next((account for required, account in settings.mappings if matches(value, required)), None)
    if mapped is None:
        return Comparison(settings, rows, "no mapping")
    return Comparison(settings, rows, "mapped" if mapped == slug else "mapped to another", mapped)
