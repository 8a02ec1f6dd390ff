"""`cloudsmith-oidc explain`, and the same diagnosis when a login is refused.

The evidence is gathered once (`evidence`). Every check (`checks`) looks at it. What they find (`findings`) is
sorted and written (`report`, `page`), with the place where the way to Cloudsmith breaks (`chain`) and what to enter on
both sides (`provider`), in the words of the system that issued the token (`issuers`).
"""

import dataclasses
import os

import structlog

from cloudsmith_oidc import streams
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError, IdTokenError
from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain import evidence as gathering
from cloudsmith_oidc.explain import page
from cloudsmith_oidc.explain.checks import CHECKS
from cloudsmith_oidc.explain.cloudsmith_side import Api, read
from cloudsmith_oidc.explain.evidence import Evidence, Expectations
from cloudsmith_oidc.explain.findings import CODES, Finding, likeliest_first
from cloudsmith_oidc.explain.issuers import Issuer, issuer_of
from cloudsmith_oidc.explain.report import Report, as_json, as_text
from cloudsmith_oidc.given_token import API_KEY_VARIABLE, GivenToken, fetch
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.settings import Explain

__all__ = ["diagnose", "explain_refusal", "run"]


def run(options: Explain) -> None:
    """Diagnose, print the report on standard output, and write the page if one is asked for.

    Raises `CloudsmithOidcError`: the likely cause, or that
    the page could not be written.
    """
    report = _report(_gather(options))
    streams.write((as_json(report) + "\n" if options.as_json else as_text(report)).encode())
    if options.html is not None:
        page.write(options.html, page.as_html(report))
    if report.cause is not None:
        raise CODES[report.cause.code].error(
            f"likely cause: {report.cause.found}",
            hint="The report on standard output says what to do",
            code=report.cause.code,
        )


def diagnose(
    given: GivenToken, account: ServiceAccount, expectations: Expectations, deadline: Deadline, *, exchange: bool = True
) -> Report:
    """Look at everything that can be looked at, and say what was found. Without `exchange`, that is not tried."""
    return _report(_look(given, account, expectations, deadline, exchange=exchange))


def explain_refusal(
    refused: CloudsmithOidcError, client: HttpClient, account: ServiceAccount, token: IdToken, deadline: Deadline
) -> None:
    """Diagnose a refused login without asking for another token, and log what was found, the likely cause last.

    `refused`, what the exchange raised, gets the cause's code, and a hint that leads to these log lines.
    """
    discovery, jwks = gathering.gather_documents(client, token, deadline)
    report = _report(
        Evidence(
            account,
            token,
            discovery=discovery,
            jwks=jwks,
            exchange_error=refused,
            clock_offsets=dict(client.clock_offsets),
        )
    )
    log = structlog.get_logger()
    log.info("the ID token says", **report.claims)
    cause, *others = report.findings
    # The program's last line says the refusal itself. Doubts matter only where there is no cause.
    for other in others:
        if other.found != refused.message and (other.severity != "info" or cause.code == "exchange-refused"):
            log.info("also found: %s", other.code, found=other.found, hint=other.hint)
    found = {"found": cause.found} if cause.found != refused.message else {}
    log.warning("likely cause: %s. %s", cause.code, CODES[cause.code].meaning, **found, hint=cause.hint)
    refused.code = cause.code
    refused.hint = "Why, and what to do: see above, or docs/troubleshooting.md"


def _gather(options: Explain) -> Evidence:
    deadline = Deadline(options.timeout)
    account = ServiceAccount(options.api_host, options.org, options.service)
    expectations = Expectations(options.expect_audience, options.expect_claim, options.repo, options.write)
    try:
        given = fetch(options, deadline, may_have_key=True)
    except IdTokenError as error:
        return Evidence(account, None, error)
    key = given.api_key or os.environ.get(API_KEY_VARIABLE, "").strip()
    given = dataclasses.replace(given, api_key=key)
    return _look(given, account, expectations, deadline, exchange=options.exchange)


def _look(
    given: GivenToken, given_account: ServiceAccount, expectations: Expectations, deadline: Deadline, *, exchange: bool
) -> Evidence:
    client = HttpClient(given.ca_bundle)
    token, token_error = gathering.read_token(given.text)
    discovery, jwks = gathering.gather_documents(client, token, deadline) if token else (None, None)
    account = gathering.usable(given_account)
    cloudsmith = None
    if given.api_key and account and token:
        # The other half of the time is for the exchange.
        api = Api(client, account, given.api_key, Deadline(deadline.remaining() / 2))
        slugs = filter(None, map(gathering.slug_or_nothing, expectations.repositories))
        cloudsmith = read(api, token.claims.get("iss"), slugs)
    exchange_error, granted = None, False
    if exchange and account and token and not token_error:
        exchange_error = gathering.try_exchange(client, account, token, deadline)
        granted = exchange_error is None
    return Evidence(
        given_account,
        token,
        token_error,
        expectations,
        discovery,
        jwks,
        granted,
        exchange_error,
        dict(client.clock_offsets),
        cloudsmith,
    )


def _report(evidence: Evidence) -> Report:
    issuer = issuer_of(evidence.token.claims if evidence.token else {})
    found = [_in_words_of(issuer, finding) for check in CHECKS for finding in check(evidence)]
    return Report(evidence, tuple(likeliest_first(map(_granted_anyway, found) if evidence.granted else found)))


def _in_words_of(issuer: Issuer, finding: Finding) -> Finding:
    """Replace what to do in Jenkins by what to do in the system that issued the token."""
    if finding.hint != CODES[finding.code].action:
        return finding
    return dataclasses.replace(finding, hint=issuer.hints.get(finding.code, finding.hint))


def _granted_anyway(finding: Finding) -> Finding:
    """Make a warning of what cannot be a cause, because Cloudsmith issued a token in spite of it."""
    if finding.severity == "error" and CODES[finding.code].disproved_by_grant:
        return dataclasses.replace(finding, severity="warning")
    return finding
