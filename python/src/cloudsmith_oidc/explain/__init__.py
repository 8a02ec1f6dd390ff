"""The diagnosis of `cloudsmith-oidc explain`, of a refused login, and of the Python library.

The evidence is gathered once (`evidence`). Every check (`checks`) looks at it. A report has what they find
(`findings`), in the words of the CI system that issued the token (`ci_systems`), and is written in three forms
(`text_report`, `html_report`, `json_report`).
"""

import dataclasses
from collections.abc import Iterator
from typing import get_args

import structlog

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError
from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain.checks import CHECKS
from cloudsmith_oidc.explain.evidence import Evidence, documents
from cloudsmith_oidc.explain.findings import CODES, Finding, Severity
from cloudsmith_oidc.explain.report import Report
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken


def explain_refusal(
    refused: CloudsmithOidcError, client: HttpClient, account: ServiceAccount, token: IdToken, deadline: Deadline
) -> None:
    """Diagnose a refused login without asking for another token, and log the likely cause, then what else was found.

    `refused`, the error of the exchange, gets the cause's code, and a hint that points to these log lines.
    """
    discovery, jwks = documents(client, token, deadline)
    evidence = Evidence(
        account, token, discovery=discovery, jwks=jwks, exchange_error=refused, clock_offsets=client.clock_offsets
    )
    report, log = report_on(evidence), structlog.get_logger()
    cause, *others = report.findings
    # The program's last line has the refusal itself.
    found = {"found": cause.found} if cause.found != refused.message else {}
    log.info("likely cause: %s. %s", cause.code, CODES[cause.code].meaning, to_do=cause.hint, **found)
    for other in others:
        if other.found != refused.message:
            log.info("also found: %s", other.code, to_do=other.hint, found=other.found)
    log.info("the login asked for", org=account.org, service=account.slug)
    log.info("the ID token says", **report.claims)
    refused.code = cause.code
    refused.hint = f"Why: see above, or docs/troubleshooting.md#{cause.code}"


def report_on(evidence: Evidence) -> Report:
    """Return the report of all checks: the findings by severity, then by rank, so that the likely cause is first."""
    found = [_adapted(finding, evidence) for check in CHECKS for finding in check(evidence)]
    found.sort(key=lambda one: (get_args(Severity).index(one.severity), CODES[one.code].rank))
    return Report(evidence, tuple(finding for one in found for finding in _explained(one, by=found[0].code)))


def _explained(finding: Finding, by: str) -> Iterator[Finding]:
    """Yield a finding again. If an earlier error explains a refusal, it needs no advice, and no guess at its cause."""
    if by == "exchange-refused" or finding.code not in {"exchange-refused", "audience-is-list"}:
        yield finding
    elif finding.code == "exchange-refused":
        yield dataclasses.replace(finding, hint=f"Correct {by} first: it explains the refusal")


def _adapted(finding: Finding, evidence: Evidence) -> Finding:
    """Use the CI system's own hint, and make a warning of an error if Cloudsmith issued a token in spite of it."""
    code = CODES[finding.code]
    if finding.hint == code.action:
        finding = dataclasses.replace(finding, hint=evidence.system.hints.get(finding.code, code.action))
    if evidence.granted and finding.severity == "error" and not code.holds_if_granted:
        finding = dataclasses.replace(finding, severity="warning")
    return finding
