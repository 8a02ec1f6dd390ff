"""With an API key, `explain` names what is wrong in Cloudsmith first, and what is too open; without one, as ever."""

import json
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest

from cloudsmith_oidc.explain.findings import CODES
from explain.cloudsmith_worlds import JOB, OPEN_WORLDS, WORLDS, Misentered, Opened, carefully, enters, provider
from explain.worlds import JENKINS, Change, Given
from program import Cli, Result
from sandbox import Answer, Fault, Sandbox, faults
from sandbox.faults import json_answer

REMARKS = ["audience-is-list"]

in_each_world = pytest.mark.parametrize("misentered", WORLDS, ids=lambda one: one.world.name)


def explain(cli: Cli, given: Given, *arguments: str, key: str | None = None) -> Result:
    environment = {**given.environment, **({} if key is None else {"CLOUDSMITH_API_KEY": key})}
    result = cli.run("explain", *given.arguments, *arguments, token=given.token, **environment)
    assert_no_secret_is_shown(result, given.token, key, *cli.sandbox.cloudsmith.issued)
    assert_the_key_is_sent_to_the_api_only(cli.sandbox, key)
    return result


def report(cli: Cli, *arguments: str, key: str | None = None, **environment: str) -> dict[str, Any]:
    given = Given(cli.sandbox.mint(), (), environment)
    content: dict[str, Any] = json.loads(explain(cli, given, "--json", *arguments, key=key).stdout)
    return content


def codes(content: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in content["findings"]]


def assert_no_secret_is_shown(result: Result, *secrets: str | None) -> None:
    output = result.stdout.decode() + result.stderr
    for secret in filter(None, secrets):
        shown = [secret[at : at + 16] for at in range(len(secret) - 15) if secret[at : at + 16] in output]
        assert shown == []


def assert_the_key_is_sent_to_the_api_only(sandbox: Sandbox, key: str | None) -> None:
    for request in sandbox.requests:
        if key and request.endpoint not in {"providers", "mappings", "services", "repository", "privileges"}:
            assert key not in f"{request.path}{request.query}{request.headers}{request.body!r}"
        assert request.method == "GET" or request.endpoint == "exchange"


@in_each_world
def test_with_a_key_the_cause_is_named_first(cli: Cli, misentered: Misentered) -> None:
    given = misentered.world.make(cli.sandbox)

    result = explain(cli, given, "--json", key=cli.sandbox.api_key())

    found = json.loads(result.stdout)
    first, cause = found["findings"][0], misentered.world.cause
    assert (first["code"], first["severity"]) == (cause, "error"), found["findings"]
    assert misentered.says in " ".join(first.values()), first
    assert result.code == found["summary"]["exit_code"] == CODES[cause].error.exit_code
    assert cause in result.last_line


@in_each_world
def test_without_a_key_it_is_said_what_one_would_add(cli: Cli, misentered: Misentered) -> None:
    given = misentered.world.make(cli.sandbox)

    result = explain(cli, given, "--json")

    found = json.loads(result.stdout)
    assert found["summary"]["cause"] == (misentered.alone or None), found["findings"]
    assert found["cloudsmith"] is None
    assert "With an API key" in found["note"]
    assert {request.endpoint for request in cli.sandbox.requests} == {"discovery", "jwks", "exchange"}


def test_there_are_at_least_twenty_worlds_with_names_of_their_own() -> None:
    names = {one.world.name for one in WORLDS} | {one.name for one in OPEN_WORLDS}
    assert len(names) == len(WORLDS) + len(OPEN_WORLDS)
    assert len(WORLDS) >= 20


@pytest.mark.parametrize("opened", OPEN_WORLDS, ids=lambda one: one.name)
def test_what_lets_in_too_much_is_a_warning_with_the_narrower_value(cli: Cli, opened: Opened) -> None:
    carefully(cli.sandbox)
    for change in opened.changes:
        change(cli.sandbox)

    found = report(cli, key=cli.sandbox.api_key())

    assert found["summary"]["exchange"] == "granted"
    warnings = [one for one in found["findings"] if one["severity"] == "warning" and one["code"] == opened.code]
    assert warnings, found["findings"]
    assert opened.says in warnings[0]["found"]
    assert opened.narrower in warnings[0]["expected"]
    assert found["summary"]["exit_code"] == 0


@pytest.mark.parametrize("arguments", [(), ("--no-exchange",)])
def test_in_a_healthy_world_there_is_nothing_but_remarks(cli: Cli, arguments: tuple[str, ...]) -> None:
    carefully(cli.sandbox)

    found = report(cli, *arguments, key=cli.sandbox.api_key())

    assert codes(found) == REMARKS
    assert found["cloudsmith"] == {
        "providers": [
            {
                "name": "Jenkins 1",
                "provider_url": f"{JENKINS}/oidc",
                "enabled": True,
                "claims": [{"name": "sub", "required": JOB, "found": JOB, "fits": True, "doubt": ""}],
                "service_account": "linked",
            }
        ],
        "service_account": True,
        "repositories": [{"slug": "prod", "privilege": "Read"}],
        "unread": [],
    }
    assert "With an API key" not in found["note"]


def teams(*slugs: str) -> Change:
    return lambda sandbox: sandbox.add_service("ci-reader", teams=slugs)


def repository(**fields: object) -> Change:
    """Nobody has a privilege of their own in the repository, and it has these fields."""

    def change(sandbox: Sandbox) -> None:
        for name, value in ({"privileges": []} | fields).items():
            setattr(sandbox.repository("prod"), name, value)

    return change


def cloudsmith(**fields: object) -> Change:
    def change(sandbox: Sandbox) -> None:
        for name, value in fields.items():
            setattr(sandbox.cloudsmith, name, value)

    return change


def many_providers(sandbox: Sandbox) -> None:
    """Eight with one URL on four pages, of which the last one lets in."""
    sandbox.cloudsmith.administration.max_page_size = 2
    provider(sandbox).name = "Jenkins 9"
    for number in range(7):
        sandbox.trust(sandbox.issuer.url, {"sub": f"{JOB}{number}"})


HEALTHY: dict[str, tuple[Change, ...]] = {
    "a mapping": (enters(mapping_claim="sub", mappings={JOB: "ci-reader"}),),
    "a mapping with a wildcard": (enters(mapping_claim="sub", mappings={f"{JENKINS}/job/team/*": "ci-reader"}),),
    "a number": (enters(claims={"sub": JOB, "build_number": "7"}),),
    "a list": (enters(claims={"sub": JOB, "aud": "https://cloudsmith.example.com"}),),
    "a privilege by team": (teams("builders"), repository(privileges=[{"privilege": "Read", "team": "builders"}])),
    "a privilege of everybody": (repository(default_privilege="Read"),),
    "a public repository": (repository(type="Public"),),
    "a second provider": (lambda sandbox: sandbox.trust(sandbox.issuer.url, {"sub": f"{JOB}nobody"}),),
    "pages": (many_providers,),
}


@pytest.mark.parametrize("healthy", HEALTHY)
def test_whatever_lets_the_job_in_is_no_finding(cli: Cli, healthy: str) -> None:
    carefully(cli.sandbox)
    for change in HEALTHY[healthy]:
        change(cli.sandbox)

    found = report(cli, key=cli.sandbox.api_key())

    assert codes(found) == REMARKS
    assert found["summary"]["exchange"] == "granted"


def test_a_slash_at_the_end_of_the_provider_url_is_an_info(cli: Cli) -> None:
    carefully(cli.sandbox)
    provider(cli.sandbox).issuer += "/"

    found = report(cli, key=cli.sandbox.api_key())

    assert [(one["code"], one["severity"]) for one in found["findings"]] == [
        ("provider-missing", "info"),
        ("audience-is-list", "info"),
    ]


DOUBTS: dict[str, tuple[tuple[Change, ...], str]] = {
    "the wildcard": (
        (enters(claims={"sub": f"{JENKINS}/job/team/*"}), cloudsmith(wildcards={".*"})),
        f"spelling of the wildcard (its pages disagree): enter sub = {JENKINS}/job/team/.*",
    ),
    "the other wildcard": (
        (enters(claims={"sub": f"{JENKINS}/job/team/.*"}), cloudsmith(wildcards={"*"})),
        f"spelling of the wildcard (its pages disagree): enter sub = {JENKINS}/job/team/*",
    ),
    "a list": (
        (enters(claims={"sub": JOB, "aud": "https://cloudsmith.example.com"}), cloudsmith(lists_match=False)),
        "(1) aud is a list",
    ),
    "a slash": ((enters(issuer=f"{JENKINS}/oidc/"), cloudsmith(slash_matters=True)), "(1) the provider URL ends in"),
    "no way to the issuer": ((cloudsmith(cannot_reach={"jenkins.example.com"}),), "(1) Cloudsmith cannot reach"),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_where_all_fits_the_refusal_says_which_doubts_are_left(cli: Cli, doubt: str) -> None:
    changes, says = DOUBTS[doubt]
    for change in (carefully, *changes):
        change(cli.sandbox)

    first = report(cli, key=cli.sandbox.api_key())["findings"][0]

    assert first["code"] == "exchange-refused"
    assert says in first["hint"]
    assert "fits the token" in first["hint"]


KEYS: dict[str, tuple[Callable[[Sandbox], str], list[str], int]] = {
    "unknown": (lambda _: "0123456789" * 4, ["api-key-refused"], 1),
    "a member's": (lambda sandbox: sandbox.api_key("Member"), ["api-key-refused"], 1),
    "of another workspace": (lambda sandbox: sandbox.api_key(org="other"), ["api-key-refused"], 1),
    # Who is no administrator of the repository sees all but its privileges.
    "a manager's": (lambda sandbox: sandbox.api_key("Manager"), ["api-key-refused"], 3),
    "short": (lambda _: "hunter2", ["api-key-refused"], 0),
    "two lines": (lambda sandbox: f"{sandbox.api_key()}\nX-Forged: yes", ["api-key-refused"], 0),
    "not ASCII": (lambda sandbox: f"{sandbox.api_key()}\u00e9", ["api-key-refused"], 0),
    "endless": (lambda _: "k" * 100_000, ["api-key-refused"], 0),
    "white space": (lambda sandbox: f" {sandbox.api_key()} ", [], 4),
    "nothing": (lambda _: "", [], 0),
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_that_opens_nothing_is_a_warning_and_the_rest_as_ever(cli: Cli, kind: str) -> None:
    make, expected, requests = KEYS[kind]
    carefully(cli.sandbox)
    key = make(cli.sandbox)

    result = cli.run("explain", "--json", CLOUDSMITH_API_KEY=key)

    found = json.loads(result.stdout)
    assert codes(found) == [*expected, *REMARKS]
    assert result.code == 0
    assert len([one for one in cli.sandbox.requests if "X-Api-Key" in one.headers]) == requests
    if key:
        assert key.strip() not in result.stdout.decode() + result.stderr


@pytest.mark.parametrize("missing", [{"CLOUDSMITH_REPO": "nowhere"}, {"CLOUDSMITH_ORG": "acme-inc"}])
def test_what_cloudsmith_does_not_find_may_be_a_wrong_slug(cli: Cli, missing: dict[str, str]) -> None:
    carefully(cli.sandbox)

    found = report(cli, key=cli.sandbox.api_key(), **missing)

    (refused,) = [one for one in found["findings"] if one["code"] == "api-key-refused"]
    assert next(iter(missing.values())) in refused["found"] + refused["expected"]
    assert "Check the slug" in refused["hint"]


def test_a_token_of_an_exchange_is_a_key_too(cli: Cli) -> None:
    carefully(cli.sandbox)
    cli.sandbox.add_service("ci-admin", role="Manager")
    key = cli.sandbox.issue("ci-admin")

    found = report(cli, key=key)

    assert found["cloudsmith"]["service_account"] is True


def test_the_key_can_come_through_standard_input_between_token_and_authorities(cli: Cli) -> None:
    carefully(cli.sandbox)
    for authorities, own in (("", str(cli.sandbox.ca_file)), (cli.sandbox.ca_file.read_text(), None)):
        given = f"{cli.sandbox.mint()}\n{cli.sandbox.api_key()}\n{authorities}"

        result = cli.run("explain", "--json", "--token-stdin", token="", stdin=given, SSL_CERT_FILE=own)

        assert result.code == 0
        assert json.loads(result.stdout)["cloudsmith"]["service_account"] is True


def test_a_token_over_several_lines_is_not_taken_for_a_key(cli: Cli) -> None:
    token = cli.sandbox.mint()
    wrapped = "\n".join(token[at : at + 76] for at in range(0, len(token), 76))

    result = cli.run("explain", "--json", "--token-stdin", token="", stdin=wrapped)

    assert json.loads(result.stdout)["summary"]["cause"] == "token-malformed"
    assert cli.sandbox.requests == []


def test_login_reads_no_key(cli: Cli) -> None:
    provider(cli.sandbox).enabled = False
    key = cli.sandbox.api_key()

    result = cli.login(CLOUDSMITH_API_KEY=key)

    assert result.code == 4
    assert not any("X-Api-Key" in one.headers for one in cli.sandbox.requests)
    assert cli.login("--token-stdin", CLOUDSMITH_API_KEY=key).code == 3


def endless(size: int = 100) -> Answer:
    return json_answer([{"name": f"p{number}", "provider_url": "x"} for number in range(size)])


LONG = "a" * 900_000
HOSTILE: dict[str, tuple[str, Fault]] = {
    "10,000 providers": ("providers", Fault(answer=endless(10_000))),
    "long names": ("providers", faults.document([{"name": LONG, "provider_url": f"{JENKINS}/oidc"}], 200)),
    "long URLs": ("providers", faults.document([{"name": "a", "provider_url": f"{JENKINS}/{LONG}"}], 200)),
    "many claims": (
        "providers",
        faults.document(
            [{"name": "a", "provider_url": f"{JENKINS}/oidc", "claims": {f"c{n}": "x*" for n in range(20_000)}}], 200
        ),
    ),
    "wrong types": (
        "providers",
        faults.document(
            [
                7,
                None,
                [],
                {"name": 7, "provider_url": [], "claims": [], "service_accounts": {"a": 1}, "mapping_claim": {}},
                {"name": None, "provider_url": f"{JENKINS}/oidc", "claims": {"sub": {"a": [None]}}, "enabled": 7},
            ],
            200,
        ),
    ),
    "control characters": (
        "providers",
        faults.document([{"name": "a\nerror: forged\x1b[2J", "provider_url": f"{JENKINS}/oidc\u202e"}], 200),
    ),
    "a path as slug": (
        "providers",
        faults.document(
            [{"name": "a", "slug_perm": "../../user", "provider_url": f"{JENKINS}/oidc", "mapping_claim": "sub"}], 200
        ),
    ),
    "a long list to match with": (
        "providers",
        faults.document(
            [{"name": "a", "provider_url": f"{JENKINS}/oidc", "claims": {"aud": [f"a{n}" for n in range(90_000)]}}], 200
        ),
    ),
    "an object": ("providers", faults.document({"results": []}, 200)),
    "services are a number": ("services", faults.document(7, 200)),
    "services of wrong types": (
        "services",
        faults.document([{"slug": 7, "teams": [7, {"slug": 7}]}, {"teams": 7}], 200),
    ),
    "long services": ("services", faults.document([{"slug": LONG, "name": LONG, "teams": [{"slug": LONG[:9]}]}], 200)),
    "10,000 services": ("services", faults.document([{"slug": f"s{n}"} for n in range(10_000)], 200)),
    "privileges of wrong types": (
        "privileges",
        faults.document({"privileges": [7, {"service": 7, "privilege": 7}, {"team": [], "privilege": "Root"}]}, 200),
    ),
    "a repository that is a list": ("repository", faults.document([], 200)),
    **{
        f"{name} {endpoint}": (endpoint, fault)
        for endpoint in ("providers", "services", "repository", "privileges")
        for name, fault in {
            "down": faults.status(503),
            "throttled": faults.throttled("3304"),
            "redirected": faults.redirect("https://evil.example.org/"),
            "a page": faults.html(),
            "oversized": faults.oversized(),
            "silent": faults.hang(),
        }.items()
    },
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_api_neither_hangs_nor_floods_nor_gets_anything(cli: Cli, hostile: str) -> None:
    endpoint, fault = HOSTILE[hostile]
    carefully(cli.sandbox)
    cli.sandbox.faults.always(endpoint, fault)
    key = cli.sandbox.api_key()
    cli.sandbox.site("evil.example.org")

    for output in ("--json", "--no-exchange"):
        given = Given(cli.sandbox.mint(aud=["b"] * 2000), (), {"CLOUDSMITH_TIMEOUT": "8"})
        result = explain(cli, given, output, key=key)
        text = result.stdout.decode()
        assert result.code in {0, 4}
        assert len(text) < 40_000
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "error: forged" not in [line.strip() for line in text.splitlines()]
    assert len([one for one in cli.sandbox.requests if "X-Api-Key" in one.headers]) < 2 * 4 * 21
    assert not any("evil" in one.host or "user" in one.path for one in cli.sandbox.requests)


UNREAD = [name for name in HOSTILE if name.startswith(("down", "throttled", "redirected", "a page", "oversized"))]


@pytest.mark.parametrize("hostile", UNREAD)
def test_what_could_not_be_read_is_a_warning_and_nothing_is_concluded_from_it(cli: Cli, hostile: str) -> None:
    endpoint, fault = HOSTILE[hostile]
    carefully(cli.sandbox)
    cli.sandbox.faults.always(endpoint, fault)

    found = report(cli, key=cli.sandbox.api_key())

    assert codes(found) == ["cloudsmith-unread", *REMARKS]
    assert found["summary"]["exchange"] == "granted"


def test_pages_that_never_end_are_left(cli: Cli) -> None:
    carefully(cli.sandbox)
    pages = [
        Fault(answer=json_answer([{"name": f"{page}"}] * 100, headers={"X-Pagination-PageTotal": "99999"}))
        for page in range(50)
    ]
    cli.sandbox.faults.add("providers", *pages)

    found = report(cli, key=cli.sandbox.api_key())

    assert codes(found) == ["cloudsmith-unread", *REMARKS]
    assert "pages" in found["findings"][0]["found"]
    assert 1 < len([one for one in cli.sandbox.requests if one.endpoint == "providers"]) < 50


def test_a_page_that_comes_again_is_the_last_one(cli: Cli) -> None:
    carefully(cli.sandbox)
    other = {"name": "GitHub", "provider_url": "https://token.actions.githubusercontent.com", "claims": {"sub": "x"}}
    cli.sandbox.faults.always("providers", Fault(answer=json_answer([other] * 100)))

    found = report(cli, key=cli.sandbox.api_key())

    assert "provider-missing" in codes(found)
    assert len([one for one in cli.sandbox.requests if one.endpoint == "providers"]) == 2


def test_an_api_that_repeats_the_key_does_not_get_it_shown(cli: Cli) -> None:
    key = cli.sandbox.api_key()
    repeated = {"name": f"a{key}", "provider_url": f"{JENKINS}/oidc", "claims": {key: key}, "service_accounts": [key]}
    cli.sandbox.faults.always("providers", faults.document([repeated], 200))
    cli.sandbox.faults.always("services", faults.document([{"slug": key, "name": key, "key": key}], 200))

    for arguments in ((), ("--json",), ("--quiet",), ("--log-format", "json")):
        explain(cli, Given(cli.sandbox.mint()), *arguments, key=key)


def test_keys_of_service_accounts_are_not_shown(cli: Cli) -> None:
    other = "d0e1" * 10
    cli.sandbox.faults.always("services", faults.document([{"slug": "ci-reader", "key": other}], 200))

    assert other not in json.dumps(report(cli, key=cli.sandbox.api_key()))


LOGS = [(), ("--quiet",), ("--log-format", "json")]


@pytest.mark.parametrize(
    ("misentered", "log"), list(zip(WORLDS, cycle(LOGS))), ids=lambda one: one.world.name if one in WORLDS else ""
)
def test_no_secret_is_shown_in_any_world(cli: Cli, misentered: Misentered, log: tuple[str, ...]) -> None:
    explain(cli, misentered.world.make(cli.sandbox), *log, key=cli.sandbox.api_key())


def test_the_console_text_has_the_claims_table(cli: Cli) -> None:
    provider(cli.sandbox).claims = {"sub": f"{JENKINS}/job/prod/*", "build_number": "7", "branch": "main"}

    result = explain(cli, Given(cli.sandbox.mint()), key=cli.sandbox.api_key())

    table = result.stdout.decode().partition("In Cloudsmith, the provider 'Jenkins 1'")[2].splitlines()
    assert [line.split() for line in table[2:8]] == [
        ["sub", "NO", "required", f"{JENKINS}/job/prod/*"],
        ["in", "token", JOB],
        ["build_number", "yes", "required", "7"],
        ["in", "token", "7"],
        ["branch", "NO", "required", "main"],
        ["in", "token", "MISSING"],
    ]
    assert "  prod               Read\n" in result.stdout.decode()


def test_a_repository_that_is_no_slug_is_a_finding(cli: Cli) -> None:
    found = report(cli, CLOUDSMITH_REPO="prod,acme/dev")

    assert found["summary"]["cause"] == "repo-invalid"
    assert "acme/dev" in found["findings"][0]["found"]
