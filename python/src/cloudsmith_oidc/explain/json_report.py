"""A report as one JSON object. docs/explain-json.md promises its members."""

import dataclasses
import json
from typing import Any

from cloudsmith_oidc.explain.findings import CODES
from cloudsmith_oidc.explain.matching import ProviderMatch
from cloudsmith_oidc.explain.provider_form import WILDCARDS, ProviderForm
from cloudsmith_oidc.explain.report import MAX_CLAIMS, MAX_PROVIDERS, Report
from cloudsmith_oidc.explain.shown import shown
from cloudsmith_oidc.redaction import one_line


def as_json(report: Report) -> str:
    """Return the report as one JSON object."""
    cause = report.cause
    return json.dumps(
        {
            "findings": [dataclasses.asdict(finding) for finding in report.findings],
            "summary": {
                "text": report.summary,
                "cause": cause.code if cause else None,
                "exit_code": CODES[cause.code].error.exit_code if cause else 0,
                "exchange": report.exchange,
            },
            "chain": [{"link": stage.link, "name": stage.name, "state": stage.state} for stage in report.chain],
            "token": report.claims or None,
            "cloudsmith": _cloudsmith(report),
            "provider": _provider(report.form),
            "note": report.note,
        },
        indent=2,
        ensure_ascii=False,
    )


def _cloudsmith(report: Report) -> dict[str, Any] | None:
    evidence, side = report.evidence, report.evidence.workspace
    if side is None:
        return None
    return {
        "providers": [_match(match) for match in evidence.providers[:MAX_PROVIDERS]],
        "service_account": None if side.services is None else evidence.service is not None,
        "repositories": [{"slug": slug, "privilege": privilege} for slug, privilege in report.privileges],
        "unread": [f"{one_line(one.what)}: {one.why}" for one in side.unread[:MAX_PROVIDERS]],
    }


def _match(match: ProviderMatch) -> dict[str, Any]:
    return {
        "name": shown(match.provider.name),
        "provider_url": shown(match.provider.url),
        "enabled": match.provider.enabled,
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


def _provider(form: ProviderForm) -> dict[str, Any]:
    return {
        "provider_url": form.url,
        "service_account": form.service,
        "claims": [
            {"scope": choice.scope, "claims": choice.claims, "lets_in": choice.authorizes} for choice in form.choices
        ],
        "wildcards": WILDCARDS,
        "terraform": form.terraform,
        "configuration_as_code": form.setup,
    }
