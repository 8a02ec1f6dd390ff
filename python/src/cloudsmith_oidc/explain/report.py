"""A finished diagnosis: the findings, the chain of a login with its broken link, and what to enter.

`layout` orders it for people, and `json_report` writes it for programs.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import CODES, Finding, Link
from cloudsmith_oidc.explain.hosts import host_of
from cloudsmith_oidc.explain.shown import instant, shown
from cloudsmith_oidc.explain.workspace import NOT_ASKED

State = Literal["ok", "BROKEN", "doubt", "not checked"]

MAX_CLAIMS = 20
MAX_PROVIDERS = 5
_BOTH_SIDES = "This report was made on this machine. It cannot tell whether Cloudsmith reaches the issuer"
_UPLOADED = "This report was made on this machine. Cloudsmith has uploaded keys, and need not reach the issuer"
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
    def unexpected(self) -> str:
        """The claim of a granted exchange that is not as expected, with which its finding begins; "" without one."""
        if self.cause is None or not self._passed(CODES[self.cause.code].link):
            return ""
        return self.cause.found.partition(" is ")[0]

    @property
    def headline(self) -> str:
        """The result in a few words."""
        if self.unexpected:
            return f"Granted, but {self.unexpected} is not what you expected"
        if self.cause is not None:
            link = CODES[self.cause.code].link
            return f"It breaks at: {next(stage.name for stage in self.chain if stage.link == link)}"
        return "The login works" if self.evidence.granted else "Nothing wrong was found"

    @property
    def summary(self) -> str:
        """The result in one sentence or two."""
        if self.unexpected:
            return f"Cloudsmith granted the exchange, but {self.unexpected} is not what you expected."
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
    def privileges(self) -> dict[str, str]:
        """What the service account may do in each repository, as far as it could be read."""
        known = self.evidence.workspace.repositories if self.evidence.service else ()
        return {one.slug: one.level for one in known if one.grants(self.evidence.expectations.level) is not None}

    @property
    def note(self) -> str:
        """The limits of the report."""
        asked = _UPLOADED if self.evidence.uploaded_to else _BOTH_SIDES
        return f"{_ONE_SIDE if self.evidence.workspace is NOT_ASKED else asked}."

    @cached_property
    def chain(self) -> tuple[Stage, ...]:
        """The links from the token to the repository, in their order."""
        evidence, account, uploaded_to = self.evidence, self.evidence.account, self.evidence.uploaded_to
        # Nobody is asked for an API key that was given.
        needs = _NEEDS_KEY if evidence.workspace is NOT_ASKED else _NEEDS_MORE_THAN_KEY
        unnamed = evidence.workspace is not NOT_ASKED and not evidence.expectations.repositories
        name, which = "Issuer documents", shown(host_of(evidence.issuer))
        if uploaded_to:
            name, which = "Uploaded keys", uploaded_to.title
        has_keys = uploaded_to or (evidence.jwks and evidence.jwks.content is not None)
        return (
            self._stage("token", evidence.system.name, "", _NEEDS_ID, evidence.token),
            self._stage("documents", name, which, _NEEDS_ID, has_keys),
            self._stage("provider", "Cloudsmith provider", shown(account.org), needs, evidence.provider),
            self._stage("service", "Service account", shown(account.slug), needs, evidence.service),
            self._stage("repository", "Repository", "", _NEEDS_REPOSITORY if unnamed else needs, self.privileges),
        )

    def _passed(self, link: Link) -> bool:
        """Return whether a granted exchange proves that a link holds."""
        return self.evidence.granted and link != "repository"

    def _stage(self, link: Link, name: str, which: str, needs: str, checked: object) -> Stage:
        """Leave out remarks, and a refusal that has an earlier cause. A finding shows that the link was checked."""
        here = tuple(
            finding
            for place, finding in enumerate(self.findings)
            if CODES[finding.code].link == link
            and finding.severity != "info"
            and (finding.code != "exchange-refused" or place == 0)
        )
        state: State = "ok" if checked or self._passed(link) else "not checked"
        if here:
            error = any(finding.severity == "error" for finding in here)
            state = "BROKEN" if error and not self._passed(link) else "doubt"
        return Stage(link, name, which, state, here, needs)
