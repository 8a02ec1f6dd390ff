"""What `explain` prints, what it asks, and what it expects."""

import pytest

from explain.worlds import HOSTED, JENKINS, JOB, codes, explain, hosted, no_provider, report
from program import Cli
from sandbox import faults


def test_each_thing_is_asked_once_and_the_exchange_last(cli: Cli) -> None:
    assert report(cli, "--no-exchange")["summary"]["exchange"] == "not tried"
    assert [request.endpoint for request in cli.sandbox.requests] == ["discovery", "jwks"]

    assert report(cli)["summary"]["exchange"] == "granted"
    assert [request.endpoint for request in cli.sandbox.requests][2:] == ["discovery", "jwks", "exchange"]
    assert not cli.directory.exists()


def test_text_report_starts_with_the_cause(cli: Cli) -> None:
    hosted(cli.sandbox).rotate()

    lines = explain(cli).stdout.decode().splitlines()

    assert lines[0].startswith("Likely cause: signature-invalid. ")
    first = lines.index("error: signature-invalid")
    assert [line.split()[0] for line in lines[first + 1 : first + 4]] == ["found:", "expected:", "to"]
    sections = ["The likely cause:", "Also found:", "The ID token:", "What to enter in Cloudsmith", "This report was"]
    places = [next(place for place, line in enumerate(lines) if line.startswith(section)) for section in sections]
    assert places == sorted(places)


def test_report_says_what_to_enter_on_both_sides(cli: Cli) -> None:
    cli.sandbox.issuer.audience_as_list = False

    provider = report(cli)["provider"]

    job = {"sub": JOB, "aud": "https://cloudsmith.example.com"}
    assert provider["provider_url"] == f"{JENKINS}/oidc"
    assert provider["service_account"] == "ci-reader"
    assert {choice["scope"]: choice["claims"]["sub"] for choice in provider["claims"]} == {
        "this job": job["sub"],
        "the folder team/app": f"{JENKINS}/job/team/job/app/.*",
        "the folder team": f"{JENKINS}/job/team/.*",
        "the controller": f"{JENKINS}/.*",
    }
    assert provider["claims"][0]["claims"] == job
    for line in (
        'resource "cloudsmith_oidc" "jenkins" {',
        f'  provider_url     = "{JENKINS}/oidc"',
        "  service_accounts = [cloudsmith_service.jenkins.slug]",
        f'    "sub" = "{job["sub"]}"',
    ):
        assert line in provider["terraform"].splitlines()
    assert '          id: "oidc-token-cred"' in provider["configuration_as_code"].splitlines()
    assert "issuer:" not in provider["configuration_as_code"]
    for choice in provider["claims"]:
        cli.sandbox.cloudsmith.providers.clear()
        cli.sandbox.trust(provider["provider_url"], choice["claims"])
        assert cli.login().code == 0


def test_configuration_as_code_has_an_explicit_issuer_and_adds_a_missing_subject(cli: Cli) -> None:
    hosted(cli.sandbox)

    found = report(cli, token=cli.sandbox.mint(sub=None, aud=None, iat=None))

    assert {name for name, value in found["token"].items() if value == "MISSING"} == {"sub", "aud", "iat"}
    assert f'issuer: "{HOSTED}"' in found["provider"]["configuration_as_code"]
    assert "format: ^${JOB_URL}" in found["provider"]["configuration_as_code"]
    assert found["provider"]["claims"] == []


@pytest.mark.parametrize(
    "expectation",
    [
        ("--expect-audience", "https://cloudsmith.example.com"),
        ("--expect-claim", "aud=https://cloudsmith.example.com"),
        ("--expect-claim", f"sub={JOB}"),
        ("--expect-claim", f"sub={JENKINS}/job/team/*"),
        ("--expect-claim", f"sub={JENKINS}/job/team/.*"),
        ("--expect-claim", "sub=*"),
        ("--expect-claim", "build_number=7"),
        ("--expect-claim", "build_number=7", "--expect-claim", f"iss={JENKINS}/oidc"),
    ],
    ids=" ".join,
)
def test_fulfilled_expectation_is_no_finding(cli: Cli, expectation: tuple[str, ...]) -> None:
    assert codes(report(cli, "--no-exchange", *expectation)) == []


@pytest.mark.parametrize(
    "claim",
    [
        f"sub={JOB.rstrip('/')}",
        f"sub={JENKINS}/job/prod/.*",
        "sub=https://*/job/team/job/app/job/main/",
        "build_number=8",
        "sub=a,b",
        "build_number=",
    ],
)
def test_disappointed_expectation_is_an_error_but_breaks_no_granted_login(cli: Cli, claim: str) -> None:
    name, _, value = claim.partition("=")
    found, text = report(cli, "--expect-claim", claim), explain(cli, "--expect-claim", claim)

    says = f"granted the exchange, but {name} is not what you expected"
    assert (found["summary"]["cause"], found["summary"]["exit_code"]) == ("claim-mismatch", 4)
    assert found["findings"][0]["expected"].endswith(value or "is ")
    assert found["summary"]["exchange"] == "granted"
    assert says in found["summary"]["text"]
    assert found["findings"][0]["hint"].startswith("Cloudsmith accepts this token")
    assert [link["state"] for link in found["chain"]] == ["ok", "ok", "doubt", "ok", "not checked"]
    assert says in text.stdout.decode()
    assert b"BROKEN" not in text.stdout
    assert f"Granted, but {name} is not what you expected: {name} is " in text.last_line


def test_slash_at_the_end_of_an_expected_provider_url_is_an_info(cli: Cli) -> None:
    first, *_ = report(cli, "--no-exchange", "--expect-claim", f"iss={JENKINS}/oidc/")["findings"]

    assert (first["code"], first["severity"]) == ("claim-mismatch", "info")
    assert "slash" in first["hint"]


def test_refusal_with_an_expected_wildcard_names_its_other_spelling(cli: Cli) -> None:
    no_provider(cli.sandbox)

    first = report(cli, "--expect-claim", f"sub={JENKINS}/job/team/*")["findings"][0]

    assert first["code"] == "exchange-refused"
    assert "other spelling, .* or *" in first["hint"]


def test_both_spellings_of_a_wildcard_are_named_the_newer_first(cli: Cli) -> None:
    text, provider = explain(cli, "--no-exchange").stdout.decode(), report(cli, "--no-exchange")["provider"]

    assert provider["wildcards"] in " ".join(text.split())
    for place in (provider["wildcards"], provider["terraform"]):
        assert 0 < place.index(" .*") < place.index(" *")
        assert "disagree" in place


def test_missing_settings_are_named_and_nothing_is_made_up(cli: Cli) -> None:
    nothing = {"CLOUDSMITH_ORG": "", "CLOUDSMITH_SERVICE_SLUG": ""}

    result = explain(cli, token="", **nothing)

    lines = result.stdout.decode().splitlines()
    assert [line for line in lines if line.startswith("error: ")] == [
        *("error: org-invalid", "error: service-invalid", "error: token-missing")
    ]
    assert len(lines) <= 25
    assert "no workspace slug is given" in result.last_line
    assert report(cli, token="", **nothing)["provider"] | {"wildcards": ""} == {
        "provider_url": None,
        "service_account": None,
        "claims": [],
        "wildcards": "",
        "terraform": None,
        "configuration_as_code": None,
    }


def test_without_a_service_account_the_token_still_gives_suggestions(cli: Cli) -> None:
    text = explain(cli, CLOUDSMITH_SERVICE_SLUG="").stdout.decode()

    assert f"provider URL  {JENKINS}/oidc\n" in text
    assert 'id: "oidc-token-cred"' in text
    assert "cloudsmith_oidc" not in text
    assert "service account  " not in text


def test_granted_exchange_makes_warnings_of_errors(cli: Cli) -> None:
    cli.sandbox.faults.add("discovery", faults.html(403))

    found = report(cli)

    assert [(one["code"], one["severity"]) for one in found["findings"]] == [("discovery-unreachable", "warning")]
    assert found["summary"]["cause"] is None


def test_clocks_that_differ_matter_only_with_harm(cli: Cli) -> None:
    cli.sandbox.jenkins.clock.ahead = cli.sandbox.cloudsmith.clock.ahead = 600

    first, *_ = report(cli)["findings"]

    assert (first["code"], first["severity"]) == ("clock-skew", "warning")
    assert "10 min behind api.cloudsmith.io" in first["found"]
    # Without the API's clock, the issuer's explains a token from the future.
    assert codes(report(cli, "--no-exchange"))[:2] == ["clock-skew", "token-not-yet-valid"]


def test_cached_answer_is_no_slow_clock(cli: Cli) -> None:
    hour_ago = cli.sandbox.jenkins.clock.http_date(-3600)
    cached = faults.header(faults.document(cli.sandbox.issuer.jwks(), 200), "Age", "3600")
    cli.sandbox.faults.always("jwks", faults.header(cached, "Date", hour_ago))

    assert codes(report(cli)) == []


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("{loopback}/oidc/jwks", "jwks-host-mismatch"),
        ("https://keys.example.net/jwks", "jwks-host-mismatch"),
        (f"{HOSTED}:8443/jwks", "jwks-host-mismatch"),
        ("https://ci@issuer.example.org/jwks", "jwks-unreachable"),
    ],
)
def test_keys_are_fetched_from_the_issuers_own_origin_only(cli: Cli, address: str, cause: str) -> None:
    hosted(cli.sandbox, discovery={"jwks_uri": address.format(loopback=cli.sandbox.jenkins_url)})

    found = report(cli, "--no-exchange")

    assert codes(found) == [cause]
    assert [request.endpoint for request in cli.sandbox.requests] == ["site"]
