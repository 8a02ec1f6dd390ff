"""Whether there is a token, whether Jenkins can have signed it, and whether it is valid now."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding, finding
from cloudsmith_oidc.explain.hosts import host_of
from cloudsmith_oidc.explain.text import instant, minutes, shown
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.issuer_documents import ALGORITHM

_THIS_MACHINE = "this machine"
_TOLERANCE = timedelta(seconds=60)


def presence(evidence: Evidence) -> Iterator[Finding]:
    """Check that there is a token that can be decoded."""
    error = evidence.token_error
    if error is not None and evidence.token is None:
        yield finding(error.code, found=error.message, expected="the ID token, as Jenkins binds it", hint=error.hint)


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
        if host in {api, host_of(evidence.issuer or "")}
    }
    decisive = api if api in clocks else _THIS_MACHINE
    states = {name: _state(evidence.token, now) for name, now in clocks.items()}
    if decisive != _THIS_MACHINE and states[_THIS_MACHINE] != "token-expired":
        del states[_THIS_MACHINE]
    yield from _skew(evidence, clocks, disputed=len(set(states.values())) > 1)
    if state := _state(evidence.token, clocks[decisive]):
        limits = {"token-expired": ("exp",), "token-not-yet-valid": ("iat", "nbf")}[state]
        moments = {claim: evidence.token.time(claim) for claim in limits}
        yield finding(
            state,
            found=", ".join(f"{claim} is {instant(moment)}" for claim, moment in moments.items() if moment),
            expected=f"a token that is valid at {instant(clocks[decisive])}, by the clock of {decisive}",
        )


def algorithm(evidence: Evidence) -> Iterator[Finding]:
    """Check what the token says it is signed with."""
    if evidence.token is not None and evidence.token.header.get("alg") != ALGORITHM:
        yield finding("algorithm-unexpected", found=shown(evidence.token.header.get("alg")), expected=ALGORITHM)


def _state(token: IdToken, now: datetime) -> str | None:
    expires_at = token.time("exp")
    if expires_at and expires_at <= now:
        return "token-expired"
    starts = [start for claim in ("iat", "nbf") if (start := token.time(claim))]
    return "token-not-yet-valid" if any(start > now + _TOLERANCE / 2 for start in starts) else None


def _skew(evidence: Evidence, clocks: dict[str, datetime], *, disputed: bool) -> Iterator[Finding]:
    offsets = {host: evidence.now - clocks[host] for host in clocks if abs(evidence.now - clocks[host]) > _TOLERANCE}
    if offsets:
        yield finding(
            "clock-skew",
            found="; ".join(
                f"this machine's clock is {minutes(offset)} {'ahead of' if offset > timedelta() else 'behind'} {host}'s"
                for host, offset in offsets.items()
            ),
            expected="clocks that agree within a minute",
            severity="error" if disputed else None,
        )
