"""A report as one JSON object. docs/explain-json.md promises its members."""

import dataclasses
import json
from typing import Any

from cloudsmith_oidc.explain.findings import CODES
from cloudsmith_oidc.explain.hosts import host_of
from cloudsmith_oidc.explain.matching import ProviderMatch
from cloudsmith_oidc.explain.provider_form import WILDCARDS, filled_in
from cloudsmith_oidc.explain.report import MAX_CLAIMS, MAX_PROVIDERS, Report
from cloudsmith_oidc.explain.shown import shown
from cloudsmith_oidc.explain.workspace import NOT_ASKED
from cloudsmith_oidc.redaction import one_line


def as_json(report: Report) -> str:
    """Return the report as one JSON object."""
    cause, form, evidence = report.cause, filled_in(report.evidence), report.evidence
    failed = "failed" if evidence.exchange_error else "not tried"
    members = {
        "findings": [dataclasses.asdict(finding) for finding in report.findings],
        "summary": {
            "text": report.summary,
            "cause": cause.code if cause else None,
            "exit_code": CODES[cause.code].error.exit_code if cause else 0,
            "exchange": "granted" if evidence.granted else failed,
        },
        "chain": [{"link": stage.link, "name": stage.name, "state": stage.state} for stage in report.chain],
        "token": report.claims or None,
        "cloudsmith": None if evidence.workspace is NOT_ASKED else _cloudsmith(report),
        "provider": {
            "provider_url": form.url or None,
            "service_account": form.service or None,
            "claims": [{"scope": one.scope, "claims": one.claims, "lets_in": one.authorizes} for one in form.choices],
            "wildcards": WILDCARDS,
            "terraform": form.terraform or None,
            "configuration_as_code": form.setup or None,
        },
        "note": report.note,
    }
    return json.dumps(members, indent=2, ensure_ascii=False)


def _cloudsmith(report: Report) -> dict[str, Any]:
    evidence, workspace = report.evidence, report.evidence.workspace
    return {
        "providers": [_match(match) for match in evidence.providers[:MAX_PROVIDERS]],
        "service_account": None if workspace.services is None else evidence.service is not None,
        "repositories": [{"slug": slug, "privilege": privilege} for slug, privilege in report.privileges.items()],
        "domains": [
            {"key": key, "host": host_of(url), "used": url in evidence.expectations.domain_urls}
            for key, url in workspace.domains
        ],
        "unread": [f"{one_line(one.what)}: {one.why}" for one in workspace.unread[:MAX_PROVIDERS]],
    }


def _match(match: ProviderMatch) -> dict[str, Any]:
    return {
        "name": shown(match.provider.name),
        "provider_url": shown(match.provider.url),
        "enabled": match.provider.enabled,
        "keys": "uploaded" if match.provider.jwks else "fetched",
        "claims": [
            {
                "name": one_line(claim.name),
                "required": shown(claim.required),
                "found": shown(claim.found),
                "fits": claim.fits,
                "doubt": claim.doubt,
            }
            for claim in match.claims[:MAX_CLAIMS]
        ],
        "service_account": match.way,
    }
