"""What `explain` reads with an API key, and what it concludes from it; the settings' faults are in `worlds`."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from explain.worlds import JENKINS, JOB, Change, carefully, cloudsmith, codes, enters, explain, grants, provider, report
from program import Cli
from sandbox import Answer, Fault, Sandbox, faults
from sandbox.faults import json_answer


@pytest.fixture(autouse=True)
def careful(sandbox: Sandbox) -> None:
    """The provider authorizes this job alone."""
    carefully(sandbox)


@pytest.mark.parametrize("arguments", [(), ("--no-exchange",)])
def test_healthy_settings_are_no_finding(cli: Cli, arguments: tuple[str, ...]) -> None:
    found = report(cli, *arguments, key=cli.sandbox.api_key())

    assert codes(found) == []
    assert found["cloudsmith"] == {
        "providers": [
            {
                "name": "Jenkins 1",
                "provider_url": f"{JENKINS}/oidc",
                "enabled": True,
                "keys": "fetched",
                "claims": [{"name": "sub", "required": JOB, "found": JOB, "fits": True, "doubt": ""}],
                "service_account": "linked",
            }
        ],
        "service_account": True,
        "repositories": [{"slug": "prod", "privilege": "Read"}],
        "domains": [],
        "unread": [],
    }
    assert "With an API key" not in found["note"]


def teams(*slugs: str) -> Change:
    return lambda sandbox: sandbox.add_service("ci-reader", teams=slugs)


def repository(**fields: object) -> Change:
    """Nobody has a privilege of their own in the repository, and it has these fields."""
    return lambda sandbox: vars(sandbox.repository("prod")).update({"privileges": []} | fields)


def many_providers(sandbox: Sandbox) -> None:
    """Eight with one URL on four pages, of which the last one authenticates the job."""
    sandbox.cloudsmith.administration.max_page_size = 2
    provider(sandbox).name = "Jenkins 9"
    for number in range(7):
        sandbox.trust(sandbox.issuer.url, {"sub": f"{JOB}{number}"})


WITH_AUDIENCE = {"sub": JOB, "aud": "https://cloudsmith.example.com"}
HEALTHY: dict[str, tuple[Change, ...]] = {
    "a mapping": (enters(mapping_claim="sub", mappings={JOB: "ci-reader"}),),
    "a mapping with a wildcard": (enters(mapping_claim="sub", mappings={f"{JENKINS}/job/team/*": "ci-reader"}),),
    "a number": (enters(claims={"sub": JOB, "build_number": "7"}),),
    "a list": (enters(claims=WITH_AUDIENCE),),
    "a privilege by team": (teams("builders"), grants(builders="Read")),
    "a privilege of everybody": (repository(default_privilege="Read"),),
    "a public repository": (repository(type="Public"),),
    "a second provider": (lambda sandbox: sandbox.trust(sandbox.issuer.url, {"sub": f"{JOB}nobody"}),),
    "pages": (many_providers,),
}


@pytest.mark.parametrize("healthy", HEALTHY)
def test_settings_that_authorize_the_job_are_no_finding(cli: Cli, healthy: str) -> None:
    for change in HEALTHY[healthy]:
        change(cli.sandbox)

    found = report(cli, key=cli.sandbox.api_key())

    assert codes(found) == []
    assert found["summary"]["exchange"] == "granted"


def test_slash_at_the_end_of_the_provider_url_is_an_info(cli: Cli) -> None:
    provider(cli.sandbox).issuer += "/"

    first, *_ = report(cli, key=cli.sandbox.api_key())["findings"]

    assert (first["code"], first["severity"]) == ("provider-missing", "info")


DOUBTS: dict[str, tuple[tuple[Change, ...], str]] = {
    "the wildcard": (
        (enters(claims={"sub": f"{JENKINS}/job/team/*"}), cloudsmith(wildcards={".*"})),
        f"spelling of the wildcard (its pages disagree): enter sub = {JENKINS}/job/team/.*",
    ),
    "the other wildcard": (
        (enters(claims={"sub": f"{JENKINS}/job/team/.*"}), cloudsmith(wildcards={"*"})),
        f"spelling of the wildcard (its pages disagree): enter sub = {JENKINS}/job/team/*",
    ),
    "a list": ((enters(claims=WITH_AUDIENCE), cloudsmith(lists_match=False)), "(1) aud is a list"),
    "a slash": ((enters(issuer=f"{JENKINS}/oidc/"), cloudsmith(slash_matters=True)), "(1) the provider URL ends in"),
    "no way to the issuer": ((cloudsmith(cannot_reach={"jenkins.example.com"}),), "(1) Cloudsmith cannot reach"),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_unexplained_refusal_lists_the_remaining_causes(cli: Cli, doubt: str) -> None:
    changes, says = DOUBTS[doubt]
    for change in changes:
        change(cli.sandbox)

    first, *others = report(cli, key=cli.sandbox.api_key())["findings"]

    assert first["code"] == "exchange-refused"
    assert says in first["hint"]
    assert "match the token" in first["hint"]
    assert ("audience-is-list" in [one["code"] for one in others]) == (doubt == "a list")


def test_list_is_no_finding_where_another_error_explains_the_refusal(cli: Cli) -> None:
    provider(cli.sandbox).claims = WITH_AUDIENCE
    token = cli.sandbox.mint()
    cli.sandbox.issuer.rotate()

    found = report(cli, token=token, key=cli.sandbox.api_key())

    assert codes(found) == ["signature-invalid", "exchange-refused"]


KEYS: dict[str, tuple[Callable[[Sandbox], str], list[str], int]] = {
    "unknown": (lambda _: "0123456789" * 4, ["api-key-refused"], 1),
    "a member's": (lambda sandbox: sandbox.api_key("Member"), ["api-key-refused"], 1),
    "of another workspace": (lambda sandbox: sandbox.api_key(org="other"), ["api-key-refused"], 1),
    # Who is no administrator of the repository sees neither it nor its privileges, which is reported once.
    "a manager's": (lambda sandbox: sandbox.api_key("Manager"), ["api-key-refused"], 5),
    "short": (lambda _: "hunter2", ["api-key-refused"], 0),
    "two lines": (lambda sandbox: f"{sandbox.api_key()}\nX-Forged: yes", ["api-key-refused"], 0),
    "not ASCII": (lambda sandbox: f"{sandbox.api_key()}\u00e9", ["api-key-refused"], 0),
    "endless": (lambda _: "k" * 100_000, ["api-key-refused"], 0),
    "white space": (lambda sandbox: f" {sandbox.api_key()} ", [], 5),
    "nothing": (lambda _: "", [], 0),
}


@pytest.mark.parametrize("kind", KEYS)
def test_useless_key_is_a_warning(cli: Cli, kind: str) -> None:
    make, expected, requests = KEYS[kind]
    key = make(cli.sandbox)

    result = cli.run("explain", "--json", CLOUDSMITH_API_KEY=key)

    assert codes(json.loads(result.stdout)) == expected
    assert result.code == 0
    assert len([one for one in cli.sandbox.requests if "X-Api-Key" in one.headers]) == requests
    assert not key or key.strip() not in result.stdout.decode() + result.stderr


@pytest.mark.parametrize("missing", [{"CLOUDSMITH_REPO": "nowhere"}, {"CLOUDSMITH_ORG": "acme-inc"}])
def test_not_found_may_be_a_wrong_slug(cli: Cli, missing: dict[str, str]) -> None:
    found = report(cli, key=cli.sandbox.api_key(), **missing)

    (refused,) = [one for one in found["findings"] if one["code"] == "api-key-refused"]
    assert next(iter(missing.values())) in refused["found"] + refused["expected"]
    assert "Check the slug" in refused["hint"]


def test_refusal_says_that_the_key_was_refused_as_well(cli: Cli) -> None:
    provider(cli.sandbox).enabled = False

    first = report(cli, key=cli.sandbox.api_key("Member"))["findings"][0]

    assert first["code"] == "exchange-refused"
    assert "refused the API key" in first["hint"]


def test_privileges_are_read_where_the_repository_is_not_shown(cli: Cli) -> None:
    cli.sandbox.faults.always("repository", faults.status(404))

    found = report(cli, key=cli.sandbox.api_key())

    assert codes(found) == ["api-key-refused"]
    assert found["cloudsmith"]["repositories"] == [{"slug": "prod", "privilege": "Read"}]


def test_token_of_an_exchange_works_as_key(cli: Cli) -> None:
    cli.sandbox.add_service("ci-admin", role="Manager")

    assert report(cli, key=cli.sandbox.issue("ci-admin"))["cloudsmith"]["service_account"] is True


def test_key_can_follow_the_token_on_standard_input(cli: Cli) -> None:
    for authorities, own in (("", str(cli.sandbox.ca_file)), (cli.sandbox.ca_file.read_text(), None)):
        given = f"{cli.sandbox.mint()}\n{cli.sandbox.api_key()}\n{authorities}"

        result = cli.run("explain", "--json", "--token-stdin", token="", stdin=given, SSL_CERT_FILE=own)

        assert result.code == 0
        assert json.loads(result.stdout)["cloudsmith"]["service_account"] is True


def test_several_lines_are_no_key(cli: Cli) -> None:
    token = cli.sandbox.mint()
    wrapped = "\n".join(token[at : at + 76] for at in range(0, len(token), 76))

    for given in (wrapped, f"{token}\n{cli.sandbox.api_key()}\nX-Other: header"):
        result = cli.run("explain", "--json", "--token-stdin", token="", stdin=given)

        assert json.loads(result.stdout)["summary"]["cause"] == "token-malformed"
    assert cli.sandbox.requests == []


def test_login_reads_no_key(cli: Cli) -> None:
    provider(cli.sandbox).enabled = False
    key = cli.sandbox.api_key()

    assert cli.login(CLOUDSMITH_API_KEY=key).code == 4

    assert not any("X-Api-Key" in one.headers for one in cli.sandbox.requests)
    assert cli.login("--token-stdin", CLOUDSMITH_API_KEY=key).code == 3
    given = f"{cli.sandbox.mint()}\n{key}\n"
    assert cli.run("login", "--output", str(cli.directory), "--token-stdin", stdin=given).code == 3


def listed(*members: Any) -> Fault:
    return faults.document(list(members), 200)


def jenkins(**fields: Any) -> Fault:
    """One provider with the token's issuer."""
    return listed({"name": "a", "provider_url": f"{JENKINS}/oidc"} | fields)


ENDPOINTS = ("providers", "services", "repository", "privileges", "domains")
UNREADABLE = {
    "down": faults.status(503),
    "throttled": faults.throttled("3304"),
    "redirected": faults.redirect("https://evil.example.org/"),
    "a page": faults.html(),
    "oversized": faults.oversized(),
}
LONG = "a" * 900_000
HOSTILE: dict[str, tuple[str, Fault]] = {
    "10,000 providers": ("providers", listed(*({"name": f"p{n}", "provider_url": "x"} for n in range(10_000)))),
    "long names": ("providers", jenkins(name=LONG)),
    "long URLs": ("providers", jenkins(provider_url=f"{JENKINS}/{LONG}")),
    "many claims": ("providers", jenkins(claims={f"c{n}": "x*" for n in range(20_000)})),
    "wrong types": (
        "providers",
        listed(
            *(7, None, []),
            {"name": 7, "provider_url": [], "claims": [], "service_accounts": {"a": 1}, "mapping_claim": {}},
            {"name": None, "provider_url": f"{JENKINS}/oidc", "claims": {"sub": {"a": [None]}}, "enabled": 7},
        ),
    ),
    "control characters": ("providers", jenkins(name="a\nerror: forged\x1b[2J", claims={"\u202e": "\u202e"})),
    "a long text as key set": ("providers", jenkins(jwks=LONG)),
    "a long key": ("providers", jenkins(jwks={"keys": [{"kid": LONG}, {"kid": "oidc-token-cred", "n": "a" * 9_000}]})),
    "many keys of one id": ("providers", jenkins(jwks={"keys": [{"kid": "oidc-token-cred"}] * 30_000})),
    "a path as slug": ("providers", jenkins(slug_perm="../../user", mapping_claim="sub")),
    "a long list to match with": ("providers", jenkins(claims={"aud": [f"a{n}" for n in range(90_000)]})),
    "an object": ("providers", faults.document({"results": []}, 200)),
    "services are a number": ("services", faults.document(7, 200)),
    "services of wrong types": ("services", listed({"slug": 7, "teams": [7, {"slug": 7}]}, {"teams": 7})),
    "long services": ("services", listed({"slug": LONG, "name": LONG, "teams": [{"slug": LONG[:9]}]})),
    "10,000 services": ("services", listed(*({"slug": f"s{n}"} for n in range(10_000)))),
    "privileges of wrong types": (
        "privileges",
        faults.document({"privileges": [7, {"service": 7, "privilege": 7}, {"team": [], "privilege": "Root"}]}, 200),
    ),
    "a repository that is a list": ("repository", listed()),
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_api_neither_hangs_nor_floods_nor_forges(cli: Cli, hostile: str) -> None:
    cli.sandbox.faults.always(*HOSTILE[hostile])
    token = cli.sandbox.mint(aud=["b"] * 2000)

    for output in ("--json", "--no-exchange"):
        result = explain(cli, output, token=token, key=cli.sandbox.api_key(), CLOUDSMITH_TIMEOUT="8")
        text = result.stdout.decode()
        assert result.code in {0, 4}
        assert len(text) < 40_000
        assert not {"\x1b", "\u202e"} & set(text)
        assert "error: forged" not in [line.strip() for line in text.splitlines()]
    assert len([one for one in cli.sandbox.requests if "X-Api-Key" in one.headers]) < 2 * 5 * 21
    assert not any("user" in one.path for one in cli.sandbox.requests)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_silent_api_ends_before_the_deadline(cli: Cli, endpoint: str) -> None:
    cli.sandbox.faults.always(endpoint, faults.hang())

    found = report(cli, "--no-exchange", key=cli.sandbox.api_key(), CLOUDSMITH_TIMEOUT="3")

    assert set(codes(found)) == {"cloudsmith-unread"}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("trouble", UNREADABLE)
def test_nothing_is_concluded_from_what_cannot_be_read(cli: Cli, endpoint: str, trouble: str) -> None:
    cli.sandbox.site("evil.example.org")
    cli.sandbox.faults.always(endpoint, UNREADABLE[trouble])

    found = report(cli, key=cli.sandbox.api_key())

    assert codes(found) == ["cloudsmith-unread"]
    assert found["summary"]["exchange"] == "granted"
    assert not any("evil" in one.host for one in cli.sandbox.requests)


def test_pages_that_never_end_are_left(cli: Cli) -> None:
    pages = (json_answer([{"name": f"{page}"}] * 100, headers={"X-Pagination-PageTotal": "99"}) for page in range(50))
    cli.sandbox.faults.add("providers", *(Fault(answer=page) for page in pages))

    found = report(cli, key=cli.sandbox.api_key())

    assert codes(found) == ["cloudsmith-unread"]
    assert "pages" in found["findings"][0]["found"]
    assert 1 < len([one for one in cli.sandbox.requests if one.endpoint == "providers"]) < 50


def test_repeated_page_is_the_last_one(cli: Cli) -> None:
    answer: Answer = json_answer([{"name": "GitHub", "provider_url": "https://a.io", "claims": {"sub": "x"}}] * 100)
    cli.sandbox.faults.always("providers", Fault(answer=answer))

    assert "provider-missing" in codes(report(cli, key=cli.sandbox.api_key()))
    assert len([one for one in cli.sandbox.requests if one.endpoint == "providers"]) == 2


@pytest.mark.parametrize("arguments", [(), ("--json",), ("--quiet",), ("--log-format", "json")])
def test_secrets_in_the_apis_answers_are_not_shown(cli: Cli, arguments: tuple[str, ...]) -> None:
    key, other = cli.sandbox.api_key(), "d0e1" * 10
    cli.sandbox.faults.always("providers", jenkins(name=f"a{key}", claims={key: key}, service_accounts=[key]))
    cli.sandbox.faults.always("services", listed({"slug": key, "name": key, "key": other}))

    assert other not in explain(cli, *arguments, key=key).stdout.decode()


def test_text_report_has_the_required_claims_and_the_privileges(cli: Cli) -> None:
    provider(cli.sandbox).claims = {"sub": f"{JENKINS}/job/prod/*", "build_number": "7", "branch": "main"}

    text = explain(cli, key=cli.sandbox.api_key()).stdout.decode()

    table = text.partition("The provider 'Jenkins 1' in Cloudsmith:")[2].splitlines()
    assert [line.split(maxsplit=2) for line in table[2:14:4]] == [["sub"], ["build_number"], ["branch"]]
    values = [line.split("  ")[-1].strip() for place, line in enumerate(table[2:14]) if place % 4]
    assert values == [
        *(f"{JENKINS}/job/prod/*", JOB, "does not match"),
        *("7", "7", "matches"),
        *("main", "MISSING", "does not match"),
    ]
    assert "  prod  Read\n" in text
