"""Whether there is a token, whether it is valid now, and whether it has the claims that a provider may require."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import WITHOUT_SLASH, Finding, Severity, finding
from cloudsmith_oidc.explain.hosts import host_of
from cloudsmith_oidc.explain.matching import matches
from cloudsmith_oidc.explain.shown import instant, shown
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.issuer_documents import ALGORITHM
from cloudsmith_oidc.redaction import one_line

_THIS_MACHINE = "this machine"
_TOLERANCE = timedelta(seconds=60)
_ACCEPTED = "Cloudsmith accepts this token: correct what you expect, or require the claim of the provider in Cloudsmith"


def presence(evidence: Evidence) -> Iterator[Finding]:
    """Check that there is a token that can be decoded."""
    error = evidence.token_error
    if error is not None and evidence.token is None:
        yield finding(error.code, error.message, "the ID token, as Jenkins binds it", hint=error.hint)


def times(evidence: Evidence) -> Iterator[Finding]:
    """Check the token's times by the clocks that are known, and the clocks by each other.

    The clock of Cloudsmith's API decides, or this machine's where the API did not answer. This machine's also matters
    if it says that the token has expired: then `login` does not try the exchange.
    """
    if evidence.token is None:
        return
    api = host_of(evidence.account.api_host)
    clocks = {_THIS_MACHINE: evidence.now} | {
        host: evidence.now - offset
        for host, offset in evidence.clock_offsets.items()
        if host in {api, host_of(evidence.issuer)}
    }
    decisive = api if api in clocks else _THIS_MACHINE
    states = {name: _state(evidence.token, now) for name, now in clocks.items()}
    if decisive != _THIS_MACHINE and states[_THIS_MACHINE] != "token-expired":
        del states[_THIS_MACHINE]
    yield from _skew(evidence, clocks, disputed=len(set(states.values())) > 1)
    if state := _state(evidence.token, clocks[decisive]):
        limits = {"token-expired": ("exp",), "token-not-yet-valid": ("iat", "nbf")}[state]
        moments = {claim: evidence.token.time(claim) for claim in limits}
        found = ", ".join(f"{claim} is {instant(moment)}" for claim, moment in moments.items() if moment)
        expected = f"a token that is valid at {instant(clocks[decisive])}, by the clock of {decisive}"
        yield finding(state, found, expected)


def claims(evidence: Evidence) -> Iterator[Finding]:
    """Check the algorithm that the token names, and that it has an issuer, a subject and an audience."""
    if evidence.token is None:
        return
    algorithm, audience = evidence.token.header.get("alg"), evidence.claims.get("aud")
    if algorithm != ALGORITHM:
        yield finding("algorithm-unexpected", shown(algorithm), ALGORITHM)
    if not evidence.issuer:
        yield finding("issuer-missing", f"iss is {shown(evidence.claims.get('iss'))}", "iss is the issuer's URL")
    if not evidence.claims.get("sub"):
        yield finding("subject-missing", f"sub is {shown(evidence.claims.get('sub'))}", "sub identifies the job")
    if not audience or audience == [""]:
        expected = shown(evidence.expectations.audience or "an audience")
        yield finding("audience-missing", f"aud is {shown(audience)}", expected)


def expected_claims(evidence: Evidence) -> Iterator[Finding]:
    """Check the claims that the person expects, as Cloudsmith compares them: exactly, or up to a wildcard at the end.

    The person may give the provider URL as the expected `iss`. Cloudsmith's own examples have a slash at its end for an
    issuer without one, so that this slash is a doubt, and not a cause.
    """
    if evidence.token is None:
        return
    hint = _ACCEPTED if evidence.granted else None
    audience, expected = evidence.claims.get("aud"), evidence.expectations.audience
    if expected is not None and audience and audience != [""] and not matches(audience, expected):
        yield finding("audience-mismatch", f"aud is {shown(audience)}", f"aud holds {one_line(expected)}", hint=hint)
    for name, value in evidence.expectations.claims:
        claim, label = evidence.claims.get(name), one_line(name)
        found, required = f"{label} is {shown(claim)}", f"{label} is {one_line(value)}"
        if name == "iss" and claim and claim == value.removesuffix("/") != value:
            yield finding("claim-mismatch", found, required, severity="info", hint=WITHOUT_SLASH)
        elif not matches(claim, value):
            yield finding("claim-mismatch", found, required, hint=hint)


def _state(token: IdToken, now: datetime) -> str | None:
    expires_at = token.time("exp")
    if expires_at and expires_at <= now:
        return "token-expired"
    starts = [start for claim in ("iat", "nbf") if (start := token.time(claim))]
    return "token-not-yet-valid" if any(start > now + _TOLERANCE / 2 for start in starts) else None


def _skew(evidence: Evidence, clocks: dict[str, datetime], *, disputed: bool) -> Iterator[Finding]:
    offsets = {host: evidence.now - clock for host, clock in clocks.items() if abs(evidence.now - clock) > _TOLERANCE}
    # Seconds would be noise: `Date` headers are coarse.
    differences = (
        f"{abs(offset) / timedelta(minutes=1):.0f} min {'ahead of' if offset > timedelta() else 'behind'} {host}'s"
        for host, offset in offsets.items()
    )
    if offsets:
        found = "; ".join(f"this machine's clock is {difference}" for difference in differences)
        severity: Severity | None = "error" if disputed else None
        yield finding("clock-skew", found, "clocks that agree within a minute", severity=severity)
