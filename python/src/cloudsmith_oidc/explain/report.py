"""A finished diagnosis: the findings, the chain of a login with its broken link, and what to enter.

`layout` orders it for people, and `json_report` writes it for programs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import CODES, LINKS, Finding, Link
from cloudsmith_oidc.explain.gathering import slug_or_nothing
from cloudsmith_oidc.explain.hosts import host_of
from cloudsmith_oidc.explain.provider_form import ProviderForm, filled_in
from cloudsmith_oidc.explain.shown import instant, shown

State = Literal["ok", "BROKEN", "doubt", "not checked"]

MAX_CLAIMS = 20
MAX_PROVIDERS = 5
_BOTH_SIDES = "This report was made on this machine. It cannot tell whether Cloudsmith reaches the issuer"
_ONE_SIDE = (
    f"{_BOTH_SIDES}, nor what is entered in Cloudsmith. With an API key of a Manager or Owner in CLOUDSMITH_API_KEY, "
    "it also reads the providers, the service accounts and the privileges there, and compares them with the token"
)
_NEEDS_ID = "Without an ID token, explain cannot look there"
_NEEDS_KEY = "With an API key of a Manager or Owner in CLOUDSMITH_API_KEY, explain also looks there"
_NEEDS_MORE_THAN_KEY = "What the API key showed does not settle it"
_NEEDS_REPOSITORY = "With --repo, explain checks the service account's privileges"


@dataclass(frozen=True)
class Stage:
    """One link of the chain: its name, the thing that it is in this diagnosis, its state, and the findings there.

    `needs` says, as a sentence, what it takes to check the link.
    """

    link: Link
    name: str
    which: str
    state: State
    findings: tuple[Finding, ...]
    needs: str


@dataclass(frozen=True)
class Report:
    """The findings, the likeliest cause first, and the evidence for them."""

    evidence: Evidence
    findings: tuple[Finding, ...]

    @property
    def cause(self) -> Finding | None:
        """The likely cause: the first error, None if there is none."""
        return next((finding for finding in self.findings if finding.severity == "error"), None)

    @property
    def headline(self) -> str:
        """The result in a few words."""
        if self.cause is not None:
            link = CODES[self.cause.code].link
            return f"It breaks at: {next(stage.name for stage in self.chain if stage.link == link)}"
        return "The login works" if self.evidence.granted else "Nothing wrong was found"

    @property
    def exchange(self) -> str:
        """The outcome of the exchange: `granted`, `failed` or `not tried`."""
        if self.evidence.granted:
            return "granted"
        return "failed" if self.evidence.exchange_error else "not tried"

    @property
    def summary(self) -> str:
        """The result in one sentence or two."""
        if self.cause is not None:
            return f"Likely cause: {self.cause.code}. {CODES[self.cause.code].meaning}"
        if self.evidence.granted:
            return "Cloudsmith granted the exchange; the token that it issued was discarded."
        return "Nothing wrong was found on this machine; the exchange was not tried."

    @property
    def claims(self) -> dict[str, str]:
        """The claims and header fields that matter, `MISSING` where absent, and this machine's clock.

        Of the claims that only some systems have, those that the token has. Empty without a token.
        """
        token = self.evidence.token
        if token is None:
            return {}
        names = [name for name in self.evidence.system.claims if name in {"iss", "sub", "aud"} or name in token.claims]
        texts = {name: shown(token.claims.get(name)) for name in names}
        texts |= {name: shown(token.header.get(name)) for name in ("kid", "alg")}
        texts |= {name: instant(token.time(name)) for name in ("iat", "exp")}
        return texts | {"clock": instant(self.evidence.now)}

    @property
    def privileges(self) -> tuple[tuple[str, str], ...]:
        """The repositories and what the service account may do there, as far as it could be read."""
        service, side = self.evidence.service, self.evidence.workspace
        known = side.repositories if service and side else ()
        return tuple((repository.slug, repository.level_of(service)) for repository in known if service)

    @property
    def note(self) -> str:
        """The limits of the report."""
        return f"{_BOTH_SIDES if self.evidence.workspace else _ONE_SIDE}."

    @property
    def form(self) -> ProviderForm:
        """What to enter in Cloudsmith and in the CI system."""
        account, token = self.evidence.account, self.evidence.token
        org, service = slug_or_nothing(account.org), slug_or_nothing(account.slug)
        return filled_in(self.evidence.system, org, service, token.header if token else {}, self.evidence.claims)

    @cached_property
    def chain(self) -> tuple[Stage, ...]:
        """The links from the token to the repository, in their order."""
        account, findings, checked = self.evidence.account, list(self._breaking()), _checked(self.evidence)
        named: dict[Link, tuple[str, str]] = {
            "token": (self.evidence.system.name, ""),
            "documents": ("Issuer documents", shown(host_of(self.evidence.issuer or ""))),
            "provider": ("Cloudsmith provider", shown(account.org)),
            "service": ("Service account", shown(account.slug)),
            "repository": ("Repository", ""),
        }
        stages = []
        for link in LINKS:
            here = tuple(finding for finding in findings if CODES[finding.code].link == link)
            state: State = "ok" if link in checked else "not checked"
            if here:
                state = "BROKEN" if any(finding.severity == "error" for finding in here) else "doubt"
            stages.append(Stage(link, *named[link], state, here, _needs(link, self.evidence)))
        return tuple(stages)

    def _breaking(self) -> Iterator[Finding]:
        """Leave out remarks, and a refusal that has an earlier cause: it is only the consequence."""
        for place, finding in enumerate(self.findings):
            if finding.severity != "info" and (finding.code != "exchange-refused" or place == 0):
                yield finding


def _checked(evidence: Evidence) -> set[Link]:
    """Return the links that were checked. A finding in one shows that it was, and need not be counted here."""
    side = evidence.workspace
    checks: dict[Link, bool] = {
        "token": evidence.token is not None,
        "documents": evidence.granted or (evidence.jwks is not None and evidence.jwks.content is not None),
        "provider": evidence.granted or evidence.provider is not None,
        "service": evidence.granted or evidence.service is not None,
        "repository": evidence.service is not None and side is not None and bool(side.repositories),
    }
    return {link for link, checked in checks.items() if checked}


def _needs(link: Link, evidence: Evidence) -> str:
    """Return what it takes to check a link, without asking for an API key that was given."""
    if link in {"token", "documents"}:
        return _NEEDS_ID
    if evidence.workspace is None:
        return _NEEDS_KEY
    without_repository = link == "repository" and not evidence.expectations.repositories
    return _NEEDS_REPOSITORY if without_repository else _NEEDS_MORE_THAN_KEY
