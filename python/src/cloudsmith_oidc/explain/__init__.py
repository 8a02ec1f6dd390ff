"""`cloudsmith-oidc explain`, and the same diagnosis when a login is refused.

Evidence is gathered once (`evidence`), every check looks at it (`checks`), and what they find (`findings`) is sorted
and written (`report`), with what to enter on both sides (`provider`).
"""

import dataclasses

import structlog

from cloudsmith_oidc import streams
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError, IdTokenError
from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain import evidence as gathering
from cloudsmith_oidc.explain.checks import CHECKS
from cloudsmith_oidc.explain.evidence import Evidence, Expectations
from cloudsmith_oidc.explain.findings import CODES, Finding, likeliest_first
from cloudsmith_oidc.explain.report import NOTE, Report, as_json, as_text
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken, fetch
from cloudsmith_oidc.settings import Explain

__all__ = ["explain_refusal", "run"]


def run(options: Explain) -> None:
    """Diagnose and print the report on standard output. Raises the likely cause as a `CloudsmithOidcError`."""
    report = _diagnose(_gather(options))
    streams.write((as_json(report) + "\n" if options.as_json else as_text(report)).encode())
    if report.cause is not None:
        raise CODES[report.cause.code].error(
            f"the likely cause is {report.cause.code}: {report.cause.found}",
            hint=report.cause.hint,
            code=report.cause.code,
        )


def explain_refusal(
    refused: CloudsmithOidcError, client: HttpClient, account: ServiceAccount, token: IdToken, deadline: Deadline
) -> CloudsmithOidcError:
    """Diagnose a refused login without asking for another token, log the report, and return the error with its cause.

    `refused` is what the exchange raised; the returned error is of the same kind.
    """
    discovery, jwks = gathering.gather_documents(client, token, deadline)
    report = _diagnose(
        Evidence(
            account,
            token,
            discovery=discovery,
            jwks=jwks,
            exchange_error=refused,
            clock_offsets=dict(client.clock_offsets),
        )
    )
    likely, *others = report.findings
    log = structlog.get_logger()
    log.warning("the likely cause", **dataclasses.asdict(likely))
    for finding in others:
        log.info("also found", code=finding.code, severity=finding.severity, found=finding.found)
    log.info("the ID token says", **report.claims)
    log.info(NOTE)
    return type(refused)(
        f"{refused.message}. The likely cause is {likely.code}: {likely.found}"
        if likely.found != refused.message
        else refused.message,
        hint=likely.hint,
        code=likely.code,
    )


def _gather(options: Explain) -> Evidence:
    deadline = Deadline(options.timeout)
    given_account = ServiceAccount(options.api_host, options.org, options.service)
    try:
        given = fetch(options, deadline)
    except IdTokenError as error:
        return Evidence(given_account, None, error)
    client = HttpClient(given.ca_bundle)
    token, token_error = gathering.read_token(given.text)
    discovery, jwks = gathering.gather_documents(client, token, deadline) if token else (None, None)
    account = gathering.usable(given_account)
    exchange_error, granted = None, False
    if options.exchange and account and token and not token_error:
        exchange_error = gathering.try_exchange(client, account, token, deadline)
        granted = exchange_error is None
    return Evidence(
        given_account,
        token,
        token_error,
        Expectations(options.expect_audience, options.expect_claim),
        discovery,
        jwks,
        granted,
        exchange_error,
        dict(client.clock_offsets),
    )


def _diagnose(evidence: Evidence) -> Report:
    found = [finding for check in CHECKS for finding in check(evidence)]
    return Report(evidence, tuple(likeliest_first(map(_granted_anyway, found) if evidence.granted else found)))


def _granted_anyway(finding: Finding) -> Finding:
    """Tone down what cannot be a cause, as Cloudsmith issued a token: it saw something else than this machine."""
    if finding.severity == "error" and CODES[finding.code].disproved_by_grant:
        return dataclasses.replace(finding, severity="warning")
    return finding
