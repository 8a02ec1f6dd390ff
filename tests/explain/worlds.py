"""Worlds for `explain`: each takes the healthy sandbox and breaks it in one way, or in two.

`WORLDS` has those that this machine can explain, `MISENTERED` those in which only the settings in Cloudsmith are wrong,
and `TOO_OPEN` those that authorize more than they should. Functions that return a change have names like sentences.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from program import Cli, Result
from sandbox import Fault, Issuer, Provider, Sandbox, faults

HOUR = 3600
HOSTED = "https://issuer.example.org"
JENKINS = "https://jenkins.example.com"
JOB = f"{JENKINS}/job/team/job/app/job/main/"
GITHUB = "https://token.actions.githubusercontent.com"

Change = Callable[[Sandbox], object]
MakeToken = Callable[[Sandbox], str]


@dataclass(frozen=True)
class World:
    """A broken world, and the cause that a diagnosis must name first.

    `login` says whether a login fails there with the cause in its last line. Of a misentered world, `cause` is what an
    API key reveals, `says` is a part of that finding, and `alone` is the cause without a key, "" for none.
    """

    name: str
    changes: tuple[Change, ...]
    token: MakeToken
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    login: bool = True
    says: str = ""
    narrower: str = ""
    alone: str = "exchange-refused"
    cause: str = field(default="", kw_only=True)

    def explain(self, cli: Cli, *arguments: str, key: str | None = None) -> Result:
        """Break the sandbox, mint the token, and run `explain`."""
        token = self.make(cli.sandbox)
        return explain(cli, *self.arguments, *arguments, token=token, key=key, **self.environment)

    def make(self, sandbox: Sandbox) -> str:
        """Break the sandbox, and return the token."""
        for change in self.changes:
            change(sandbox)
        return self.token(sandbox)


def explain(cli: Cli, *arguments: str, token: str | None = None, key: str | None = None, **environment: str) -> Result:
    """Run `explain`. No secret may be shown, the key goes to the API only, and the token to the exchange only."""
    token = cli.sandbox.mint() if token is None else token
    given = environment | ({} if key is None else {"CLOUDSMITH_API_KEY": key})
    result = cli.run("explain", *arguments, token=token, **given)
    assert_no_secret_is_shown(result, token, key, *cli.sandbox.cloudsmith.issued)
    for request in cli.sandbox.requests:
        seen = f"{request.path}{request.query}{request.headers}{request.body!r}"
        if request.endpoint != "exchange":
            assert request.method == "GET"
            assert not any(len(part) > 7 and part in seen for part in token.split("."))
        if key and request.endpoint not in {"providers", "mappings", "services", "repository", "privileges", "domains"}:
            assert key not in seen
    return result


def report(cli: Cli, *arguments: str, **given: Any) -> dict[str, Any]:
    """Run `explain --json`, and return the object."""
    result = explain(cli, "--json", *arguments, **given)
    content: dict[str, Any] = json.loads(result.stdout)
    assert result.code == content["summary"]["exit_code"]
    return content


def codes(content: dict[str, Any]) -> list[str]:
    """Return the codes of a report's findings."""
    return [finding["code"] for finding in content["findings"]]


def assert_no_secret_is_shown(result: Result, *secrets: str | None) -> None:
    """No 16 characters in a row of a secret are in the output."""
    output = result.stdout.decode() + result.stderr
    for secret in filter(None, secrets):
        assert [secret[at : at + 16] for at in range(len(secret) - 15) if secret[at : at + 16] in output] == []


def world(
    name: str,
    *changes: Change,
    token: MakeToken = lambda sandbox: sandbox.mint(),
    explain: tuple[str, ...] = (),
    login: bool = True,
    says: str = "",
    narrower: str = "",
    alone: str = "exchange-refused",
    **environment: str,
) -> World:
    """A row of the tables below. `explain` are the arguments of that command."""
    return World(name, changes, token, explain, environment, login, says, narrower, alone)


def open_to(name: str, says: str, narrower: str, *changes: Change) -> World:
    """A row of `TOO_OPEN`: what is said of it, and the narrower value to enter."""
    return world(name, *changes, says=says, narrower=narrower)


def by_cause(rows: Mapping[str, list[World]], *first: Change) -> list[World]:
    """Give each world the cause that it is listed under, and the changes that come first in all of them."""
    return [
        World(**vars(one) | {"cause": cause, "changes": (*first, *one.changes)})
        for cause, listed in rows.items()
        for one in listed
    ]


# Changes of Jenkins, its documents, and the network


def moved(sandbox: Sandbox, jenkins_url: str = JENKINS, **options: Any) -> Issuer:
    """Replace the issuer, and tell Cloudsmith."""
    sandbox.jenkins.issuers.clear()
    sandbox.issuer = sandbox.add_issuer(Issuer(jenkins_url, **options))
    sandbox.trust(sandbox.issuer.url)
    return sandbox.issuer


def hosted(sandbox: Sandbox, **documents: Any) -> Issuer:
    """Host the issuer's documents elsewhere, with some of their members replaced."""
    issuer = moved(sandbox, explicit=HOSTED)
    site = sandbox.site("issuer.example.org")
    site.pages["/.well-known/openid-configuration"] = issuer.discovery() | documents.get("discovery", {})
    site.pages["/jwks"] = issuer.jwks() | documents.get("jwks", {})
    return issuer


def hosts(**documents: Any) -> Change:
    return lambda sandbox: hosted(sandbox, **documents)


def issues(**options: Any) -> Change:
    return lambda sandbox: moved(sandbox, **options)


def is_inside(host: str, scheme: str = "https") -> Change:
    """Jenkins is at a host that Cloudsmith cannot reach."""

    def change(sandbox: Sandbox) -> None:
        moved(sandbox, f"{scheme}://{host}")
        sandbox.cloudsmith.cannot_reach.add(host.partition(":")[0])

    return change


def has_an_unknown_ca(host: str) -> Change:
    return lambda sandbox: sandbox.network.certificates.flaws.update({host: "unknown-ca"})


def serves(document: str, content: Callable[[Issuer], Any]) -> Change:
    return lambda sandbox: sandbox.issuer.served.update({document: content(sandbox.issuer)})


def answers(endpoint: str, fault: Fault) -> Change:
    return lambda sandbox: sandbox.faults.always(endpoint, fault)


def credential(**fields: Any) -> Change:
    """Change fields of the credential without telling anybody."""
    return lambda sandbox: vars(sandbox.issuer).update(fields)


def clocks_ahead(*, jenkins: float = 0, cloudsmith: float = 0) -> Change:
    def change(sandbox: Sandbox) -> None:
        sandbox.jenkins.clock.ahead, sandbox.cloudsmith.clock.ahead = jenkins, cloudsmith

    return change


def keys_elsewhere(sandbox: Sandbox) -> None:
    issuer = hosted(sandbox, discovery={"jwks_uri": "https://keys.example.net/jwks"})
    sandbox.site("keys.example.net").pages["/jwks"] = issuer.jwks()


def rotated(sandbox: Sandbox) -> None:
    sandbox.issuer.rotate()


# Changes of Cloudsmith


def provider(sandbox: Sandbox) -> Provider:
    return sandbox.cloudsmith.providers[sandbox.org][0]


def carefully(sandbox: Sandbox) -> None:
    """Authorize this job alone."""
    provider(sandbox).claims = {"sub": JOB}


def enters(**fields: Any) -> Change:
    """Change fields of the provider."""
    return lambda sandbox: vars(provider(sandbox)).update(fields)


def uploads(sandbox: Sandbox) -> None:
    """Upload the present keys of the issuer."""
    enters(jwks=sandbox.issuer.jwks())(sandbox)


def requires(**claims: object) -> Change:
    return enters(claims=claims)


def maps(claim: str, **mappings: str) -> Change:
    """A dynamic provider, whose service account exists; underscores in a value stand for spaces."""

    def change(sandbox: Sandbox) -> None:
        sandbox.add_service("ci-reader")
        known = {value.replace("_", " "): slug for value, slug in mappings.items()}
        enters(mapping_claim=claim, mappings=known)(sandbox)

    return change


def has_account(slug: str, **fields: Any) -> Change:
    return lambda sandbox: sandbox.add_service(slug, **fields)


def grants(**privileges: str) -> Change:
    """Who may do what in the repository: underscores in a slug stand for hyphens; `builders` is a team."""
    listed = [
        {"privilege": level, "team" if who == "builders" else "service": who.replace("_", "-")}
        for who, level in privileges.items()
    ]
    return lambda sandbox: setattr(sandbox.repository("prod"), "privileges", listed)


def has_domains(**hosts: str) -> Change:
    """Custom domains of the workspace by their types, or by `TYPE__REPOSITORY`. Cloudsmith's own follow them."""

    def change(sandbox: Sandbox) -> None:
        named = {tuple(name.split("__")): host for name, host in hosts.items()}
        listed: list[dict[str, str | None]] = [
            {
                "domain_name": host,
                "domain_type": kind,
                "domain_scope": "REPOSITORY" if repository else "WORKSPACE",
                "repository": repository[0] if repository else None,
            }
            for (kind, *repository), host in named.items()
        ]
        own = {"domain_name": "docker.cloudsmith.io", "domain_type": "NATIVE_DOCKER", "domain_scope": "GLOBAL"}
        sandbox.cloudsmith.workspaces.domains = [*listed, own | {"repository": None}]

    return change


def cloudsmith(**fields: Any) -> Change:
    return lambda sandbox: vars(sandbox.cloudsmith).update(fields)


def no_provider(sandbox: Sandbox) -> None:
    sandbox.cloudsmith.providers[sandbox.org].clear()


def folder_credential(sandbox: Sandbox) -> None:
    """The token comes from a credential in a folder, the provider is the controller's."""
    moved(sandbox, folder="team")
    sandbox.cloudsmith.providers[sandbox.org].pop()


def several(*changes: Change) -> Change:
    """Several providers with the token's issuer, each changed in its way."""

    def change(sandbox: Sandbox) -> None:
        known = sandbox.cloudsmith.providers[sandbox.org]
        for one in changes:
            known.insert(0, Provider(sandbox.issuer.url, {"sub": JOB}, name=f"Jenkins {len(known) + 1}"))
            one(sandbox)
        known.pop()

    return change


def somebody_elses_token(sandbox: Sandbox) -> None:
    sandbox.faults.always("exchange", faults.token(sandbox.issue("ci-writer")))


# Tokens


def text(value: str) -> MakeToken:
    return lambda _: value


def minted(**claims: Any) -> MakeToken:
    return lambda sandbox: sandbox.mint(**claims)


def minted_at(**seconds: float) -> MakeToken:
    """Some of the token's times, in seconds from now."""
    return lambda s: s.mint(**{name: s.issuer.clock.now() + moment for name, moment in seconds.items()})


def cut(sandbox: Sandbox) -> str:
    return sandbox.mint().rpartition(".")[0]


def wrapped(sandbox: Sandbox) -> str:
    token = sandbox.mint()
    return f"{token[:76]}\n{token[76:]}"


def forged(sandbox: Sandbox) -> str:
    """Another job's claims under the signature of this one's."""
    claims, signature = sandbox.mint(sub=f"{JENKINS}/job/other/"), sandbox.mint().rpartition(".")[2]
    return f"{claims.rpartition('.')[0]}.{signature}"


old = minted_at(iat=-2 * HOUR, exp=-HOUR)
expects_audience = ("--expect-audience", "cloudsmith")
late = answers("exchange", faults.throttled("3304"))

WORLDS = by_cause(
    {
        "org-invalid": [
            world("no workspace", login=False, CLOUDSMITH_ORG=""),
            world("the workspace is a URL", login=False, CLOUDSMITH_ORG="https://app.cloudsmith.com/acme"),
            world("workspace and token", token=text("hunter2"), login=False, CLOUDSMITH_ORG="acme/prod"),
        ],
        "service-invalid": [
            world("no service account", login=False, CLOUDSMITH_SERVICE_SLUG=""),
            world("a display name", login=False, CLOUDSMITH_SERVICE_SLUG="CI Reader"),
        ],
        "repo-invalid": [world("a repository with its workspace", login=False, CLOUDSMITH_REPO="acme/prod")],
        "format-invalid": [world("another name", login=False, CLOUDSMITH_FORMATS="pip,pypi")],
        "domain-invalid": [world("a path", login=False, CLOUDSMITH_DOMAINS="dl=dl.acme.com/basic")],
        "api-host-invalid": [world("plain http", login=False, CLOUDSMITH_API_HOST="http://api.cloudsmith.io")],
        "network-settings-invalid": [world("no CA bundle", login=False, SSL_CERT_FILE="/nowhere/ca.pem")],
        "token-missing": [
            world("nothing was bound", token=text("")),
            world("no token file", login=False, explain=("--token-file", "/nowhere/token")),
        ],
        "token-malformed": [
            world("a password was bound", token=text("hunter2")),
            world("the token was cut", token=cut),
            world("the token was wrapped", token=wrapped),
            world("the token never expires", token=minted(exp=None)),
        ],
        "token-expired": [world("the token was kept for hours", token=old), world("age and key", rotated, token=old)],
        "token-not-yet-valid": [world("the token is for later", token=minted_at(nbf=HOUR))],
        "clock-skew": [
            world("the controller's clock is ahead", clocks_ahead(jenkins=600)),
            world("this machine's clock is ahead", clocks_ahead(jenkins=-7200, cloudsmith=-7200), login=False),
            world("clock and list", cloudsmith(lists_match=False), clocks_ahead(jenkins=600)),
        ],
        "algorithm-unexpected": [
            world("a shared secret", token=minted(alg="HS256")),
            world("no signature", token=minted(alg="none")),
        ],
        "issuer-missing": [
            world("no issuer", token=minted(iss=None)),
            world("the issuer is a list", token=minted(iss=[f"{JENKINS}/oidc"])),
        ],
        "issuer-not-https": [
            world("Jenkins is plain http", is_inside("jenkins.example.com", "http")),
            world("the issuer is a name", issues(explicit="jenkins")),
            world("the issuer has a user name", issues(explicit="https://ci@issuer.example.org")),
            world("scheme and subject", is_inside("jenkins.example.com", "http"), token=minted(sub=None)),
        ],
        "issuer-not-public": [
            world("an internal name", is_inside("jenkins.corp.internal")),
            world("a single-label name", is_inside("jenkins")),
            world("a private address", is_inside("10.1.2.3")),
            world("the Jenkins URL was never set", lambda s: is_inside(s.jenkins_url[7:], "http")(s)),
            world("name and CA", is_inside("jenkins.corp.internal"), has_an_unknown_ca("jenkins.corp.internal")),
        ],
        "issuer-trailing-slash": [world("the issuer ends in a slash", hosts(), issues(explicit=f"{HOSTED}/"))],
        "discovery-unreachable": [
            world("Jenkins stopped serving", issues(explicit=f"{JENKINS}/oidc")),
            world("the issuer lacks its path", issues(explicit=JENKINS)),
            world("nobody knows the host", issues(explicit="https://nobody.example.org")),
            world("a private CA", has_an_unknown_ca("jenkins.example.com")),
            world("the issuer asks for a login", answers("discovery", faults.html(403))),
            world("the issuer hangs", answers("discovery", faults.hang()), CLOUDSMITH_TIMEOUT="8"),
        ],
        "discovery-not-json": [
            world("a login page in front", answers("discovery", faults.html())),
            world("a login page elsewhere", answers("discovery", faults.redirect("https://sso.a.com/"))),
            world("the document is a list", serves("discovery", lambda issuer: [issuer.discovery()])),
            world("five mebibytes", answers("discovery", faults.oversized())),
            world("five mebibytes in a chunk", answers("discovery", faults.oversized(chunked=True))),
            world("five mebibytes when unpacked", answers("discovery", faults.oversized(gzipped=True))),
            world("an empty answer", answers("discovery", faults.body(b"", 200))),
            world("no text", answers("discovery", faults.body(b'{"issuer": "\xff\xfe"}', 200))),
        ],
        "discovery-issuer-mismatch": [
            world(
                "reached by another URL",
                serves("discovery", lambda issuer: issuer.discovery() | {"issuer": "https://ci.example.com/oidc"}),
            ),
            world("a slash in the document", hosts(discovery={"issuer": f"{HOSTED}/"})),
            world("no issuer in the document", hosts(discovery={"issuer": None})),
            world("another issuer and an old key", hosts(discovery={"issuer": f"{JENKINS}/oidc"}), rotated),
        ],
        "jwks-host-mismatch": [
            world("keys on Jenkins", hosts(discovery={"jwks_uri": "https://jenkins.corp.internal/jwks"})),
            world("old keys elsewhere", keys_elsewhere, rotated),
        ],
        "jwks-unreachable": [
            world("the keys are not hosted", hosts(discovery={"jwks_uri": f"{HOSTED}/keys.json"})),
            world("no way to the keys", hosts(discovery={"jwks_uri": None})),
            world("the way to the keys is endless", hosts(discovery={"jwks_uri": HOSTED + "/" * 70_000})),
            world("the key set hangs", answers("jwks", faults.hang()), CLOUDSMITH_TIMEOUT="8"),
            world("the key set is a page", answers("jwks", faults.html())),
            world("no list of keys", hosts(jwks={"keys": "none"})),
        ],
        "key-not-in-jwks": [
            world("the credential was renamed", hosts(), credential(credential_id="cloudsmith")),
            world("the key set is empty", serves("jwks", lambda _: {"keys": []})),
            world("the token names no key", token=minted(headers={"kid": None})),
            world("the key's id is a number", token=minted(headers={"kid": 7})),
        ],
        "signature-invalid": [
            world("a reload behind a hosted copy", hosts(), rotated),
            world("the claims were changed", token=forged),
            world("key and claim", hosts(), rotated, explain=("--expect-claim", f"sub={JENKINS}/job/other/")),
            world("key and rate limit", late, hosts(), rotated, login=False),
        ],
        "subject-missing": [world("no subject", token=minted(sub=None))],
        "audience-missing": [
            world("no audience", credential(audience=None)),
            world("audience and link", credential(audience=None), CLOUDSMITH_SERVICE_SLUG="ci-writer"),
        ],
        "audience-mismatch": [
            world("another audience", requires(aud="cloudsmith"), explain=expects_audience, login=False),
            world(
                "another audience as text",
                credential(audience_as_list=False),
                requires(aud="cloudsmith"),
                explain=expects_audience,
                login=False,
            ),
        ],
        "claim-mismatch": [
            world("another folder", explain=("--expect-claim", f"sub={JENKINS}/job/prod/*"), login=False),
            world("in the other spelling", explain=("--expect-claim", f"sub={JENKINS}/job/prod/.*"), login=False),
            world(
                "the provider URL is the Jenkins URL",
                enters(issuer=JENKINS),
                explain=("--expect-claim", f"iss={JENKINS}"),
                login=False,
            ),
            world("a claim is not there", explain=("--expect-claim", "branch=main"), login=False),
        ],
        "exchange-refused": [
            world("another service account", CLOUDSMITH_SERVICE_SLUG="ci-writer"),
            world("another workspace", CLOUDSMITH_ORG="acme-inc"),
            world("nothing is entered", no_provider),
            world("no way for Cloudsmith", lambda s: s.cloudsmith.cannot_reach.add("jenkins.example.com")),
            world("lists are not matched", requires(aud="https://cloudsmith.example.com"), cloudsmith(lists_match=0)),
        ],
        "service-mismatch": [world("a token for somebody else", somebody_elses_token)],
        "exchange-throttled": [world("the rate limit", late, login=False)],
        "exchange-unreachable": [
            world("the API is down", answers("exchange", faults.status(503)), login=False, CLOUDSMITH_TIMEOUT="2")
        ],
        "exchange-not-understood": [world("a captive portal", answers("exchange", faults.html()), login=False)],
    }
)
MISENTERED = by_cause(
    {
        "provider-missing": [
            world("no provider", no_provider, says="no provider"),
            world("without oidc", enters(issuer=JENKINS), says="lacks /oidc"),
            world("plain http", enters(issuer="http://jenkins.example.com/oidc"), says="http instead"),
            world("capitals", enters(issuer=f"{JENKINS}/OIDC"), says="upper and lower case"),
            world("another host", enters(issuer="https://ci.example.com/oidc"), says="ci.example.com"),
            world("another path", enters(issuer=f"{JENKINS}/jenkins/oidc"), says="/jenkins"),
            world(
                "the document's address",
                enters(issuer=f"{JENKINS}/oidc/.well-known/openid-configuration"),
                says="which Cloudsmith adds itself",
            ),
            world("a folder's issuer", enters(issuer=f"{JENKINS}/oidc/job/team"), says="the folder team"),
            world("a folder's credential", folder_credential, says="the whole controller"),
            world("only GitHub", enters(issuer=GITHUB), says="other URLs"),
        ],
        "provider-disabled": [
            world("disabled", enters(enabled=False), says="'Jenkins 1' is disabled"),
            world(
                "the better of two",
                several(requires(sub=f"{JENKINS}/job/prod/*", branch="main"), enters(enabled=False)),
                says="'Jenkins 3' is disabled",
            ),
        ],
        "signature-invalid": [
            world("the uploaded key is old", uploads, rotated, says="the uploaded key oidc-token-cred")
        ],
        "key-not-in-jwks": [
            world(
                "renamed after the upload", uploads, credential(credential_id="new"), says="the uploaded key set holds"
            ),
            world("no list of keys was uploaded", enters(jwks={"keys": "none"}), says="to provider 'Jenkins 1'"),
        ],
        "provider-claim-mismatch": [
            world("another branch", requires(sub=JOB.replace("main", "dev")), says="job/dev/"),
            world("another folder", requires(sub=f"{JENKINS}/job/prod/*"), says="job/prod/"),
            world("in the other spelling", requires(sub=f"{JENKINS}/job/prod/.*"), says="job/prod/"),
            world("no wildcard", requires(sub=f"{JENKINS}/job/team/job/app/"), says="without a wildcard"),
            world("a wildcard within", requires(sub=f"{JENKINS}/job/*/job/main/"), says="at the end of a value only"),
            world("no slash", requires(sub=JOB.rstrip("/")), says="differ in a slash"),
            world("case", requires(sub=JOB.replace("team", "Team")), says="upper and lower"),
            world("escapes", requires(sub=JOB.replace("main", "m%61in")), says="are escaped"),
            world("the job is http", requires(sub=JOB.replace("https", "http")), says="has http"),
            world("another system's claim", requires(sub=JOB, repository="acme/app"), says="has no such claim"),
            world("another name", requires(subject=JOB), says="this value in sub"),
            world("a number", requires(sub=JOB, build_number="8"), says="build_number is 7"),
            world("an audience not in the list", requires(sub=JOB, aud="https://a.io"), says='["https://cloudsmith.'),
            world(
                "the better of three",
                several(
                    enters(enabled=False, services=[]),
                    requires(sub=JOB.replace("main", "dev")),
                    requires(sub=f"{JENKINS}/job/prod/*", branch="main"),
                ),
                says="job/dev/",
            ),
        ],
        "service-unknown": [
            world("a typo", says="Give ci-reader", CLOUDSMITH_SERVICE_SLUG="ci-raeder"),
            world("nobody of this name", says="(it has ci-reader)", CLOUDSMITH_SERVICE_SLUG="publisher"),
        ],
        "provider-service-unlinked": [
            world("not linked", has_account("ci-writer"), says="to ci-reader", CLOUDSMITH_SERVICE_SLUG="ci-writer"),
            world("linked to nobody", has_account("ci-reader"), enters(services=[]), says="no service account"),
        ],
        "provider-mapping-missing": [
            world("no value is mapped", maps("build_number"), says="no value"),
            world("another value is mapped", maps("build_number", release_8="ci-reader"), says="maps release 8"),
            world(
                "nearly this value is mapped",
                enters(mapping_claim="sub", mappings={JOB.replace("main", "master"): "ci-reader"}),
                says=f"The nearest value is {JOB.replace('main', 'master')}",
            ),
            world("the mapped claim is missing", maps("branch", main="ci-reader"), says="The token has no branch"),
            world(
                "mapped to somebody else",
                maps("build_number", **{"7": "ci-writer"}),
                says="to ci-writer",
                alone="service-mismatch",
            ),
        ],
        "repository-forbidden": [
            world("no privilege", grants(), says="has no privilege on prod", alone=""),
            world("others' privileges", grants(ci_writer="Admin", builders="Write"), says="has no privilege", alone=""),
            world("too little", grants(ci_reader="Read"), says="has Read on prod", explain=("--write",), alone=""),
        ],
    },
    carefully,
)
TOO_OPEN = by_cause(
    {
        "provider-too-open": [
            open_to("no claims", "requires no claim", JOB, requires()),
            open_to("only an audience", "only aud", JOB, requires(aud="https://cloudsmith.example.com")),
            open_to("every job", "every job of the controller", JOB, requires(sub=f"{JENKINS}/*")),
            open_to("in the other spelling", "every job of the controller", JOB, requires(sub=f"{JENKINS}/.*")),
            open_to("anything", "any value", JOB, requires(sub="*")),
            open_to("pull requests", "pull requests", JOB, requires(sub=f"{JENKINS}/job/team/job/app/*")),
            open_to("no boundary", "such as team-2", "job/team/ before", requires(sub=f"{JENKINS}/job/team*")),
            open_to("no boundary after the host", "longer name", f"{JENKINS}/ before", requires(sub=f"{JENKINS}*")),
            open_to("everybody", "every org", "repo:ORGANIZATION/", lambda s: s.trust(GITHUB, {"sub": "repo:*"})),
            open_to("a prefix", "such as repo:acme-2", "repo:acme/", lambda s: s.trust(GITHUB, {"sub": "repo:acme*"})),
            open_to("another one", "'Jenkins 2' requires no", "singles out", lambda s: s.trust("https://gitlab.com")),
        ],
        "provider-stale": [
            open_to("an issuer that is gone", "old.a.com", "https://old.a.com", lambda s: s.trust("https://old.a.com"))
        ],
        "domain-unused": [
            open_to("Docker's", "uses docker.cl", "docker=d.acme.com", has_domains(NATIVE_DOCKER="d.acme.com")),
            open_to("one of OCI", "uses helm.oci.cl", "helm.oci=o.acme.com", has_domains(NATIVE_HELM_OCI="o.acme.com")),
        ],
        "service-too-powerful": [
            open_to("a manager", "is a Manager", "Member", has_account("ci-reader", role="Manager")),
            open_to("a reader may write", "has Admin on prod", "Read on prod", grants(ci_reader="Admin")),
        ],
    },
    carefully,
)
