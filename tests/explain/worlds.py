"""Misconfigured worlds: each takes the healthy sandbox and breaks it in one way, or in two.

`WORLDS` is the table of all of them, with the cause that a diagnosis has to name first. A world is changed by functions
of the sandbox; the functions here that return such a change have names like sentences: `serves`, `requires`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox import Fault, Issuer, Sandbox, faults

HOUR = 3600
HOSTED = "https://issuer.example.org"
JENKINS = "https://jenkins.example.com"

Change = Callable[[Sandbox], object]
MakeToken = Callable[[Sandbox], str]


@dataclass(frozen=True)
class Given:
    """What the program is run with. `arguments` are for `explain` only, the environment is for every command."""

    token: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """A broken world. `login` says whether a login fails there with the cause in its last line."""

    name: str
    cause: str
    changes: tuple[Change, ...]
    token: MakeToken
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    login: bool

    def make(self, sandbox: Sandbox) -> Given:
        """Break the sandbox, then mint the token."""
        for change in self.changes:
            change(sandbox)
        return Given(self.token(sandbox), self.arguments, self.environment)


def world(
    name: str,
    cause: str,
    *changes: Change,
    token: MakeToken = lambda sandbox: sandbox.mint(),
    explain: tuple[str, ...] = (),
    login: bool = True,
    **environment: str,
) -> World:
    """A row of the table. `explain` are the arguments of that command."""
    return World(name.replace(" ", "-"), cause, changes, token, explain, environment, login)


# Changes


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


def requires(**claims: str) -> Change:
    """Cloudsmith requires these claims."""
    return lambda sandbox: setattr(sandbox.cloudsmith.providers[sandbox.org][0], "claims", claims)


def credential(**fields: Any) -> Change:
    """Change fields of the credential without telling anybody."""

    def change(sandbox: Sandbox) -> None:
        for name, value in fields.items():
            setattr(sandbox.issuer, name, value)

    return change


def clocks_ahead(*, jenkins: float = 0, cloudsmith: float = 0) -> Change:
    def change(sandbox: Sandbox) -> None:
        sandbox.jenkins.clock.ahead, sandbox.cloudsmith.clock.ahead = jenkins, cloudsmith

    return change


def keys_elsewhere(sandbox: Sandbox) -> None:
    issuer = hosted(sandbox, discovery={"jwks_uri": "https://keys.example.net/jwks"})
    sandbox.site("keys.example.net").pages["/jwks"] = issuer.jwks()


def rotated(sandbox: Sandbox) -> None:
    sandbox.issuer.rotate()


def lists_are_not_matched(sandbox: Sandbox) -> None:
    sandbox.cloudsmith.lists_match = False


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

SETTINGS = [
    world("no workspace", "org-invalid", login=False, CLOUDSMITH_ORG=""),
    world("the workspace is a URL", "org-invalid", login=False, CLOUDSMITH_ORG="https://app.cloudsmith.com/acme"),
    world("no service account", "service-invalid", login=False, CLOUDSMITH_SERVICE_SLUG=""),
    world("a display name", "service-invalid", login=False, CLOUDSMITH_SERVICE_SLUG="CI Reader"),
    world("a repository with its workspace", "repo-invalid", login=False, CLOUDSMITH_REPO="acme/prod"),
    world("plain http", "api-host-invalid", login=False, CLOUDSMITH_API_HOST="http://api.cloudsmith.io"),
    world("no CA bundle", "network-settings-invalid", login=False, SSL_CERT_FILE="/nowhere/ca.pem"),
]
TOKEN = [
    world("nothing was bound", "token-missing", token=text("")),
    world("no token file", "token-missing", login=False, explain=("--token-file", "/nowhere/token")),
    world("a password was bound", "token-malformed", token=text("hunter2")),
    world("the token was cut", "token-malformed", token=cut),
    world("the token was wrapped", "token-malformed", token=wrapped),
    world("the token never expires", "token-malformed", token=minted(exp=None)),
    world("the token was kept for hours", "token-expired", token=old),
    world("the token is for later", "token-not-yet-valid", token=minted_at(nbf=HOUR)),
    world("the controller's clock is ahead", "clock-skew", clocks_ahead(jenkins=600)),
    world(
        "this machine's clock is ahead",
        "clock-skew",
        clocks_ahead(jenkins=-2 * HOUR, cloudsmith=-2 * HOUR),
        login=False,
    ),
    world("a shared secret", "algorithm-unexpected", token=minted(alg="HS256")),
    world("no signature", "algorithm-unexpected", token=minted(alg="none")),
]
ISSUER = [
    world("no issuer", "issuer-missing", token=minted(iss=None)),
    world("the issuer is a list", "issuer-missing", token=minted(iss=[f"{JENKINS}/oidc"])),
    world("Jenkins is plain http", "issuer-not-https", is_inside("jenkins.example.com", "http")),
    world("the issuer is a name", "issuer-not-https", issues(explicit="jenkins")),
    world("an internal name", "issuer-not-public", is_inside("jenkins.corp.internal")),
    world("a single-label name", "issuer-not-public", is_inside("jenkins")),
    world("a private address", "issuer-not-public", is_inside("10.1.2.3")),
    world("the Jenkins URL was never set", "issuer-not-public", lambda s: is_inside(s.jenkins_url[7:], "http")(s)),
    world("the issuer ends in a slash", "issuer-trailing-slash", hosts(), issues(explicit=f"{HOSTED}/")),
    world("Jenkins stopped serving", "discovery-unreachable", issues(explicit=f"{JENKINS}/oidc")),
    world("the issuer lacks its path", "discovery-unreachable", issues(explicit=JENKINS)),
    world("nobody knows the host", "discovery-unreachable", issues(explicit="https://nobody.example.org")),
    world("a private CA", "discovery-unreachable", has_an_unknown_ca("jenkins.example.com")),
    world("the issuer asks for a login", "discovery-unreachable", answers("discovery", faults.html(403))),
    world("the issuer hangs", "discovery-unreachable", answers("discovery", faults.hang()), CLOUDSMITH_TIMEOUT="8"),
    world("a login page in front", "discovery-not-json", answers("discovery", faults.html())),
    world("a login page elsewhere", "discovery-not-json", answers("discovery", faults.redirect("https://sso.a.com/"))),
    world("the document is a list", "discovery-not-json", serves("discovery", lambda issuer: [issuer.discovery()])),
    world("five mebibytes", "discovery-not-json", answers("discovery", faults.oversized())),
    world(
        "reached by another URL",
        "discovery-issuer-mismatch",
        serves("discovery", lambda issuer: issuer.discovery() | {"issuer": "https://ci.example.com/oidc"}),
    ),
    world("a slash in the document", "discovery-issuer-mismatch", hosts(discovery={"issuer": f"{HOSTED}/"})),
    world("no issuer in the document", "discovery-issuer-mismatch", hosts(discovery={"issuer": None})),
]
KEYS = [
    world("keys on Jenkins", "jwks-host-mismatch", hosts(discovery={"jwks_uri": "https://jenkins.corp.internal/jwks"})),
    world("the keys are not hosted", "jwks-unreachable", hosts(discovery={"jwks_uri": f"{HOSTED}/keys.json"})),
    world("no way to the keys", "jwks-unreachable", hosts(discovery={"jwks_uri": None})),
    world("the way to the keys is endless", "jwks-unreachable", hosts(discovery={"jwks_uri": HOSTED + "/" * 70_000})),
    world("the key set hangs", "jwks-unreachable", answers("jwks", faults.hang()), CLOUDSMITH_TIMEOUT="8"),
    world("the key set is a page", "jwks-unreachable", answers("jwks", faults.html())),
    world("no list of keys", "jwks-unreachable", hosts(jwks={"keys": "none"})),
    world("the credential was renamed", "key-not-in-jwks", hosts(), credential(credential_id="cloudsmith")),
    world("the key set is empty", "key-not-in-jwks", serves("jwks", lambda _: {"keys": []})),
    world("the token names no key", "key-not-in-jwks", token=minted(headers={"kid": None})),
    world("the key's id is a number", "key-not-in-jwks", token=minted(headers={"kid": 7})),
    world("a reload behind a hosted copy", "signature-invalid", hosts(), rotated),
    world("the claims were changed", "signature-invalid", token=forged),
]
CLAIMS = [
    world("no subject", "subject-missing", token=minted(sub=None)),
    world("no audience", "audience-missing", credential(audience=None)),
    world(
        "another audience",
        "audience-mismatch",
        requires(aud="cloudsmith"),
        explain=("--expect-audience", "cloudsmith"),
        login=False,
    ),
    world(
        "another audience as text",
        "audience-mismatch",
        credential(audience_as_list=False),
        requires(aud="cloudsmith"),
        explain=("--expect-audience", "cloudsmith"),
        login=False,
    ),
    *(
        world(
            f"another folder, {wildcard}",
            "claim-mismatch",
            requires(sub=f"{JENKINS}/job/prod/{wildcard}"),
            explain=("--expect-claim", f"sub={JENKINS}/job/prod/{wildcard}"),
            login=False,
        )
        for wildcard in ("*", ".*")
    ),
    world(
        "the provider URL is the Jenkins URL",
        "claim-mismatch",
        lambda s: setattr(s.cloudsmith.providers[s.org][0], "issuer", JENKINS),
        explain=("--expect-claim", f"iss={JENKINS}"),
        login=False,
    ),
    world(
        "a claim is not there",
        "claim-mismatch",
        requires(branch="main"),
        explain=("--expect-claim", "build_number=7", "--expect-claim", "branch=main"),
        login=False,
    ),
]
ANSWER = [
    world("not linked", "exchange-refused", CLOUDSMITH_SERVICE_SLUG="ci-writer"),
    world("another workspace", "exchange-refused", CLOUDSMITH_ORG="acme-inc"),
    world("no provider", "exchange-refused", lambda s: s.cloudsmith.providers[s.org].clear()),
    world(
        "only Cloudsmith cannot reach the issuer",
        "exchange-refused",
        lambda s: s.cloudsmith.cannot_reach.add("jenkins.example.com"),
    ),
    world("lists are not matched", "exchange-refused", lists_are_not_matched),
    world(
        "a token for somebody else",
        "service-mismatch",
        lambda s: s.faults.always("exchange", faults.token(s.issue("ci-writer"))),
    ),
    world("the rate limit", "exchange-throttled", answers("exchange", faults.throttled("3304")), login=False),
    world(
        "the API is down",
        "exchange-unreachable",
        answers("exchange", faults.status(503)),
        login=False,
        CLOUDSMITH_TIMEOUT="2",
    ),
    world("a captive portal", "exchange-not-understood", answers("exchange", faults.html()), login=False),
]
TWO_AT_ONCE = [
    world("workspace and token", "org-invalid", token=text("hunter2"), login=False, CLOUDSMITH_ORG="acme/prod"),
    world("age and key", "token-expired", rotated, token=old),
    world(
        "name and CA",
        "issuer-not-public",
        is_inside("jenkins.corp.internal"),
        has_an_unknown_ca("jenkins.corp.internal"),
    ),
    world("scheme and subject", "issuer-not-https", is_inside("jenkins.example.com", "http"), token=minted(sub=None)),
    world(
        "another issuer and an old key",
        "discovery-issuer-mismatch",
        hosts(discovery={"issuer": f"{JENKINS}/oidc"}),
        rotated,
    ),
    world("old keys elsewhere", "jwks-host-mismatch", keys_elsewhere, rotated),
    world(
        "key and claim",
        "signature-invalid",
        hosts(),
        rotated,
        explain=("--expect-claim", f"sub={JENKINS}/job/other/"),
    ),
    world(
        "key and rate limit",
        "signature-invalid",
        answers("exchange", faults.throttled("3304")),
        hosts(),
        rotated,
        login=False,
    ),
    world("audience and link", "audience-missing", credential(audience=None), CLOUDSMITH_SERVICE_SLUG="ci-writer"),
    world("clock and list", "clock-skew", lists_are_not_matched, clocks_ahead(jenkins=600)),
]
WORLDS = [*SETTINGS, *TOKEN, *ISSUER, *KEYS, *CLAIMS, *ANSWER, *TWO_AT_ONCE]
