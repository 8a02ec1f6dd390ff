"""What `explain` prints, what it asks, and what it expects."""

import json
from typing import Any

import pytest

from explain.worlds import HOSTED, hosted
from program import Cli
from sandbox import Fault, faults


def explain_json(cli: Cli, *arguments: str, token: str | None = None, **environment: str) -> dict[str, Any]:
    result = cli.run("explain", "--json", *arguments, token=token, **environment)
    report: dict[str, Any] = json.loads(result.stdout)
    assert result.code == report["summary"]["exit_code"]
    return report


def codes(report: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in report["findings"]]


def test_the_json_has_the_documented_members(cli: Cli) -> None:
    cli.sandbox.issuer.rotate()
    token = cli.sandbox.mint()
    cli.sandbox.issuer.key_number = 0

    report = explain_json(cli, token=token)

    assert list(report) == ["findings", "summary", "chain", "token", "cloudsmith", "provider", "note"]
    for finding in report["findings"]:
        assert list(finding) == ["code", "severity", "found", "expected", "hint"]
        assert all(isinstance(text, str) and text for text in finding.values())
    assert list(report["summary"]) == ["text", "cause", "exit_code", "exchange"]
    assert list(report["token"]) == ["iss", "sub", "aud", "kid", "alg", "iat", "exp", "clock"]
    assert list(report["provider"]) == [
        "provider_url",
        "service_account",
        "claims",
        "wildcards",
        "terraform",
        "configuration_as_code",
    ]


def test_each_thing_is_asked_once_and_the_exchange_last(cli: Cli) -> None:
    assert explain_json(cli)["summary"]["exchange"] == "granted"

    assert [request.endpoint for request in cli.sandbox.requests] == ["discovery", "jwks", "exchange"]


def test_the_exchange_can_be_left_out(cli: Cli) -> None:
    report = explain_json(cli, "--no-exchange")

    assert report["summary"]["exchange"] == "not tried"
    assert cli.sandbox.exchange_requests == []


@pytest.mark.parametrize("token", ["", "hunter2", "a.b.c"])
def test_what_is_no_token_is_not_sent(cli: Cli, token: str) -> None:
    explain_json(cli, token=token)

    assert cli.sandbox.requests == []


def test_nothing_is_written(cli: Cli) -> None:
    explain_json(cli)

    assert not cli.directory.exists()


def test_the_report_for_people_starts_with_the_cause(cli: Cli) -> None:
    hosted(cli.sandbox).rotate()

    result = cli.run("explain")

    lines = result.stdout.decode().splitlines()
    assert lines[0].startswith("Likely cause: signature-invalid. ")
    assert "error: signature-invalid" in lines
    first = lines.index("error: signature-invalid")
    assert [line.split()[0] for line in lines[first + 1 : first + 4]] == ["found:", "expected:", "to"]
    sections = ["The ID token says", "To enter in Cloudsmith", "cannot tell whether Cloudsmith reaches the issuer"]
    places = [next(place for place, line in enumerate(lines) if section in line) for section in sections]
    assert places == sorted(places)


def test_missing_claims_are_shown_as_missing(cli: Cli) -> None:
    result = cli.run("explain", token=cli.sandbox.mint(sub=None, aud=None, iat=None))

    for claim in ("sub", "aud", "iat"):
        assert f"  {claim}   MISSING\n" in result.stdout.decode()


def test_the_report_says_what_to_enter_on_both_sides(cli: Cli) -> None:
    cli.sandbox.issuer.audience_as_list = False

    provider = explain_json(cli)["provider"]

    job = {"sub": "https://jenkins.example.com/job/team/job/app/job/main/", "aud": "https://cloudsmith.example.com"}
    assert provider["provider_url"] == "https://jenkins.example.com/oidc"
    assert provider["service_account"] == "ci-reader"
    assert {choice["scope"]: choice["claims"]["sub"] for choice in provider["claims"]} == {
        "this job": job["sub"],
        "the folder team/app": "https://jenkins.example.com/job/team/job/app/*",
        "the folder team": "https://jenkins.example.com/job/team/*",
        "the controller": "https://jenkins.example.com/*",
    }
    assert provider["claims"][0]["claims"] == job
    for line in (
        'resource "cloudsmith_oidc" "jenkins" {',
        '  provider_url     = "https://jenkins.example.com/oidc"',
        '  service_accounts = ["ci-reader"]',
        f'    "sub" = "{job["sub"]}"',
    ):
        assert line in provider["terraform"].splitlines()
    assert '          id: "oidc-token-cred"' in provider["configuration_as_code"].splitlines()
    assert "issuer:" not in provider["configuration_as_code"]


@pytest.mark.parametrize("entered", [0, 1, 2, 3])
def test_every_choice_lets_the_job_in(cli: Cli, entered: int) -> None:
    claims = explain_json(cli, "--no-exchange")["provider"]["claims"][entered]["claims"]
    cli.sandbox.cloudsmith.providers.clear()
    cli.sandbox.trust(cli.sandbox.issuer.url, claims)

    assert cli.login().code == 0


def test_an_explicit_issuer_is_part_of_the_configuration_as_code(cli: Cli) -> None:
    hosted(cli.sandbox)

    assert f'issuer: "{HOSTED}"' in explain_json(cli)["provider"]["configuration_as_code"]


def test_a_missing_subject_is_mended_in_the_configuration_as_code(cli: Cli) -> None:
    report = explain_json(cli, token=cli.sandbox.mint(sub=None))

    assert "format: ^${JOB_URL}" in report["provider"]["configuration_as_code"]
    assert report["provider"]["claims"] == []


EXPECTATIONS = {
    "the audience in a list": ["--expect-audience", "https://cloudsmith.example.com"],
    "a member of a list": ["--expect-claim", "aud=https://cloudsmith.example.com"],
    "an exact claim": ["--expect-claim", "sub=https://jenkins.example.com/job/team/job/app/job/main/"],
    "a wildcard": ["--expect-claim", "sub=https://jenkins.example.com/job/team/*"],
    "the other wildcard": ["--expect-claim", "sub=https://jenkins.example.com/job/team/.*"],
    "a wildcard alone": ["--expect-claim", "sub=*"],
    "an integer": ["--expect-claim", "build_number=7"],
    "two at once": ["--expect-claim", "build_number=7", "--expect-claim", "iss=https://jenkins.example.com/oidc"],
}


@pytest.mark.parametrize("expectation", EXPECTATIONS)
def test_what_is_expected_and_there_is_no_finding(cli: Cli, expectation: str) -> None:
    assert codes(explain_json(cli, *EXPECTATIONS[expectation])) == ["audience-is-list"]


DISAPPOINTMENTS = {
    "a claim without its last slash": "sub=https://jenkins.example.com/job/team/job/app/job/main",
    "a wildcard for another folder": "sub=https://jenkins.example.com/job/prod/.*",
    "a star in the middle": "sub=https://*/job/team/job/app/job/main/",
    "another integer": "build_number=8",
    "a comma": "sub=a,b",
    "nothing": "build_number=",
}


@pytest.mark.parametrize("disappointment", DISAPPOINTMENTS)
def test_what_is_expected_and_not_there_is_an_error_even_when_granted(cli: Cli, disappointment: str) -> None:
    report = explain_json(cli, "--expect-claim", DISAPPOINTMENTS[disappointment])

    assert report["summary"]["cause"] == "claim-mismatch"
    assert report["findings"][0]["expected"].endswith(DISAPPOINTMENTS[disappointment].partition("=")[2] or "is ")
    assert report["summary"]["exchange"] == "granted"


def test_a_slash_at_the_end_of_the_provider_url_is_a_doubt_and_not_a_cause(cli: Cli) -> None:
    report = explain_json(cli, "--expect-claim", "iss=https://jenkins.example.com/oidc/")

    assert [(one["code"], one["severity"]) for one in report["findings"]] == [
        ("claim-mismatch", "info"),
        ("audience-is-list", "info"),
    ]
    assert "slash" in report["findings"][0]["hint"]


def test_a_refusal_with_an_expected_wildcard_says_that_it_may_be_its_spelling(cli: Cli) -> None:
    cli.sandbox.cloudsmith.providers[cli.sandbox.org].clear()

    report = explain_json(cli, "--expect-claim", "sub=https://jenkins.example.com/job/team/*")

    assert codes(report)[0] == "exchange-refused"
    assert "other spelling, * or .*" in report["findings"][0]["hint"]


def test_wherever_a_wildcard_is_suggested_both_spellings_are_named(cli: Cli) -> None:
    report = cli.run("explain").stdout.decode()
    provider = explain_json(cli)["provider"]

    for text in (" ".join(report.split()), provider["wildcards"], provider["terraform"]):
        assert "* " in text
        assert " .*" in text
        assert "disagree" in text


def test_what_is_missing_is_named_and_what_cannot_be_filled_in_is_left_out(cli: Cli) -> None:
    nothing = {"CLOUDSMITH_ORG": "", "CLOUDSMITH_SERVICE_SLUG": ""}

    result = cli.run("explain", token="", **nothing)

    report = result.stdout.decode()
    assert [line for line in report.splitlines() if line.startswith("error: ")] == [
        *("error: org-invalid", "error: service-invalid", "error: token-missing")
    ]
    assert len(report.splitlines()) <= 20
    assert "no workspace slug is given" in result.last_line
    assert explain_json(cli, token="", **nothing)["provider"] | {"wildcards": ""} == {
        "provider_url": None,
        "service_account": None,
        "claims": [],
        "wildcards": "",
        "terraform": None,
        "configuration_as_code": None,
    }


def test_without_a_service_account_what_the_token_says_is_still_suggested(cli: Cli) -> None:
    report = cli.run("explain", CLOUDSMITH_SERVICE_SLUG="").stdout.decode()

    assert "provider URL      https://jenkins.example.com/oidc" in report
    assert 'id: "oidc-token-cred"' in report
    assert "cloudsmith_oidc" not in report
    assert "service account  " not in report


def test_an_expectation_without_a_value_is_wrong_usage(cli: Cli) -> None:
    result = cli.run("explain", "--expect-claim", "sub")

    assert (result.code, result.stdout) == (2, b"")
    assert "--expect-claim" in result.last_line


def test_cloudsmiths_yes_outranks_what_this_machine_sees(cli: Cli) -> None:
    cli.sandbox.faults.add("discovery", faults.html(403))

    report = explain_json(cli)

    assert [(one["code"], one["severity"]) for one in report["findings"]] == [
        ("discovery-unreachable", "warning"),
        ("audience-is-list", "info"),
    ]
    assert report["summary"]["cause"] is None


def test_clocks_that_differ_without_harm_are_a_warning(cli: Cli) -> None:
    cli.sandbox.jenkins.clock.ahead = cli.sandbox.cloudsmith.clock.ahead = 600

    report = explain_json(cli)

    assert report["findings"][0]["code"] == "clock-skew"
    assert report["findings"][0]["severity"] == "warning"
    assert "10 min behind api.cloudsmith.io" in report["findings"][0]["found"]


def test_a_clock_that_explains_the_verdict_is_the_cause_without_the_api_too(cli: Cli) -> None:
    cli.sandbox.jenkins.clock.ahead = 600

    assert codes(explain_json(cli, "--no-exchange"))[:2] == ["clock-skew", "token-not-yet-valid"]


def test_a_cached_answer_is_not_taken_for_a_slow_clock(cli: Cli) -> None:
    hour_ago = cli.sandbox.jenkins.clock.http_date(-3600)
    cached = faults.header(
        faults.header(faults.document(cli.sandbox.issuer.jwks(), 200), "Age", "3600"), "Date", hour_ago
    )
    cli.sandbox.faults.always("jwks", cached)

    assert codes(explain_json(cli)) == ["audience-is-list"]


def test_a_refusal_with_a_list_says_that_it_may_be_the_list(cli: Cli) -> None:
    cli.sandbox.cloudsmith.lists_match = False

    report = explain_json(cli)

    assert codes(report) == ["exchange-refused", "audience-is-list"]
    assert "without aud" in report["findings"][1]["hint"]


SILENCE = {
    f"{name} {endpoint}": (endpoint, fault)
    for endpoint in ("discovery", "jwks")
    for name, fault in faults.SILENT_CONNECTIONS.items()
}


@pytest.mark.parametrize("silence", SILENCE)
def test_an_issuer_that_never_finishes_ends_with_the_deadline(cli: Cli, silence: str) -> None:
    endpoint, fault = SILENCE[silence]
    cli.sandbox.faults.always(endpoint, fault)

    report = explain_json(cli, "--no-exchange", CLOUDSMITH_TIMEOUT="2")

    assert report["summary"]["cause"] == f"{endpoint}-unreachable"
    assert report["summary"]["exit_code"] == 6


STRANGE = ["empty", "gzip-bomb", "html", "invalid-utf8", "json-list", "oversized", "oversized-chunked", "redirect-302"]


@pytest.mark.parametrize("name", STRANGE)
def test_an_issuer_that_answers_garbage_is_told_apart_from_one_that_is_down(cli: Cli, name: str) -> None:
    fault = faults.STRANGE_ANSWERS[name]
    cli.sandbox.faults.always("discovery", _with_status_200(fault))

    report = explain_json(cli, "--no-exchange")

    assert report["summary"]["cause"] == "discovery-not-json"
    assert report["summary"]["exit_code"] == 7
    assert all(request.host == "jenkins.example.com" for request in cli.sandbox.requests)


@pytest.mark.parametrize("name", STRANGE)
def test_a_key_set_that_is_garbage_cannot_be_had(cli: Cli, name: str) -> None:
    cli.sandbox.faults.always("jwks", _with_status_200(faults.STRANGE_ANSWERS[name]))

    assert explain_json(cli, "--no-exchange")["summary"]["cause"] == "jwks-unreachable"


def test_a_document_cannot_make_this_machine_ask_its_own_services(cli: Cli) -> None:
    hosted(cli.sandbox, discovery={"jwks_uri": f"{cli.sandbox.jenkins_url}/oidc/jwks"})

    report = explain_json(cli, "--no-exchange")

    assert codes(report)[:2] == ["jwks-host-mismatch", "jwks-unreachable"]
    assert [request.endpoint for request in cli.sandbox.requests] == ["site"]


def test_the_token_and_a_private_ca_can_come_through_standard_input(cli: Cli) -> None:
    given = f"{cli.sandbox.mint()}\n{cli.sandbox.ca_file.read_text()}"
    arguments = ("explain", "--json", "--token-stdin")

    result = cli.run(*arguments, token="", stdin=given, SSL_CERT_FILE=None)

    assert result.code == 0


def test_hostile_claims_stay_on_their_line(cli: Cli) -> None:
    token = cli.sandbox.mint(sub="a\nerror: forged\x1b[2J\u202e", kid=7)

    result = cli.run("explain", token=token)

    output = result.stdout.decode()
    assert "error: forged" not in [line.strip() for line in output.splitlines()]
    assert "\x1b" not in output
    assert "\u202e" not in output


def _with_status_200(fault: Fault) -> Fault:
    if fault.answer is None or fault.answer.status != 201:
        return fault
    return Fault(answer=type(fault.answer)(200, fault.answer.body, fault.answer.headers, fault.answer.chunked))
