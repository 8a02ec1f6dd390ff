"""Worlds in which Jenkins is well and only Cloudsmith's side is wrong: entered wrongly, or too openly.

In `WORLDS` the cause that an API key reveals is the world's, and `alone` is what is said without one: for most of them
that Cloudsmith refuses, and nothing more.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from explain.worlds import JENKINS, Change, World, moved, world
from sandbox import Provider, Sandbox

JOB = f"{JENKINS}/job/team/job/app/job/main/"


@dataclass(frozen=True)
class Misentered:
    """A world, what `explain` says there without a key, and what it must say with one: in what was found or the hint.

    `alone` is empty where the exchange is granted: then only a key shows what is wrong.
    """

    world: World
    says: str
    alone: str


def misentered(
    name: str,
    cause: str,
    says: str,
    *changes: Change,
    alone: str = "exchange-refused",
    explain: tuple[str, ...] = (),
    **environment: str,
) -> Misentered:
    """A row of the table: the healthy world of a careful administrator, and what is wrong in it."""
    made = world(name, cause, carefully, *changes, explain=explain, login=False)
    return Misentered(replace(made, environment=environment), says, alone)


def carefully(sandbox: Sandbox) -> None:
    """Let in this job alone."""
    provider(sandbox).claims = {"sub": JOB}


def provider(sandbox: Sandbox) -> Provider:
    return sandbox.cloudsmith.providers[sandbox.org][0]


def enters(**fields: object) -> Change:
    """Change fields of the provider."""

    def change(sandbox: Sandbox) -> None:
        for name, value in fields.items():
            setattr(provider(sandbox), name, value)

    return change


def requires(**claims: object) -> Change:
    return enters(claims=claims)


def maps(claim: str, **mappings: str) -> Change:
    """A dynamic provider; underscores in a value stand for spaces."""
    return enters(mapping_claim=claim, mappings={value.replace("_", " "): slug for value, slug in mappings.items()})


def has_account(slug: str, **fields: object) -> Change:
    return lambda sandbox: sandbox.add_service(slug, **fields)  # type: ignore[arg-type]


def grants(*privileges: dict[str, str]) -> Change:
    """Who may do what in the repository that the settings name."""
    return lambda sandbox: setattr(sandbox.repository("prod"), "privileges", list(privileges))


def folder_credential(sandbox: Sandbox) -> None:
    """The token comes from a credential in a folder, the provider is the controller's."""
    moved(sandbox, folder="team")
    sandbox.cloudsmith.providers[sandbox.org].pop()


def only(*changes: Change) -> Callable[[Sandbox], None]:
    """Several providers with the token's issuer, each changed in its way."""

    def change(sandbox: Sandbox) -> None:
        known = sandbox.cloudsmith.providers[sandbox.org]
        for one in changes:
            known.insert(0, Provider(sandbox.issuer.url, {"sub": JOB}, name=f"Jenkins {len(known) + 1}"))
            one(sandbox)
        known.pop()

    return change


PROVIDER = [
    misentered("no provider", "provider-missing", "no provider", lambda s: s.cloudsmith.providers[s.org].clear()),
    misentered("without oidc", "provider-missing", "lacks /oidc", enters(issuer=JENKINS)),
    misentered("plain http", "provider-missing", "http instead", enters(issuer=f"{JENKINS}/oidc".replace("s:", ":"))),
    misentered("capitals", "provider-missing", "upper and lower case", enters(issuer=f"{JENKINS}/OIDC")),
    misentered("another host", "provider-missing", "ci.example.com", enters(issuer="https://ci.example.com/oidc")),
    misentered("another path", "provider-missing", "/jenkins", enters(issuer=f"{JENKINS}/jenkins/oidc")),
    misentered(
        "the document's address",
        "provider-missing",
        "which Cloudsmith adds itself",
        enters(issuer=f"{JENKINS}/oidc/.well-known/openid-configuration"),
    ),
    misentered("a folder's issuer", "provider-missing", "the folder team", enters(issuer=f"{JENKINS}/oidc/job/team")),
    misentered("a folder's credential", "provider-missing", "the whole controller", folder_credential),
    misentered(
        "only GitHub", "provider-missing", "other URLs", enters(issuer="https://token.actions.githubusercontent.com")
    ),
    misentered("disabled", "provider-disabled", "'Jenkins 1' is disabled", enters(enabled=False)),
]
CLAIMS = [
    misentered("another branch", "provider-claim-mismatch", "job/dev/", requires(sub=JOB.replace("main", "dev"))),
    *(
        misentered(
            f"another folder, {wildcard}",
            "provider-claim-mismatch",
            "job/prod/",
            requires(sub=f"{JENKINS}/job/prod/{wildcard}"),
        )
        for wildcard in ("*", ".*")
    ),
    misentered(
        "no wildcard", "provider-claim-mismatch", "without a wildcard", requires(sub=f"{JENKINS}/job/team/job/app/")
    ),
    misentered(
        "a wildcard in the middle",
        "provider-claim-mismatch",
        "at the end of a value only",
        requires(sub=f"{JENKINS}/job/*/job/main/"),
    ),
    misentered("no slash", "provider-claim-mismatch", "differ in a slash", requires(sub=JOB.rstrip("/"))),
    misentered("case", "provider-claim-mismatch", "upper and lower", requires(sub=JOB.replace("team", "Team"))),
    misentered("the job is http", "provider-claim-mismatch", "has http", requires(sub=JOB.replace("https", "http"))),
    misentered(
        "a claim of another system",
        "provider-claim-mismatch",
        "has no such claim",
        requires(sub=JOB, repository="acme/app"),
    ),
    misentered("another name", "provider-claim-mismatch", "says so in sub", requires(subject=JOB)),
    misentered("a number", "provider-claim-mismatch", "build_number is 7", requires(sub=JOB, build_number="8")),
    misentered(
        "an audience not in the list",
        "provider-claim-mismatch",
        '["https://cloudsmith.example.com"]',
        requires(sub=JOB, aud="https://cloudsmith.io"),
    ),
]
SERVICE = [
    misentered("a typo", "service-unknown", "Give ci-reader", CLOUDSMITH_SERVICE_SLUG="ci-raeder"),
    misentered("nobody of this name", "service-unknown", "are ci-reader", CLOUDSMITH_SERVICE_SLUG="publisher"),
    misentered(
        "not linked",
        "provider-service-unlinked",
        "linked to ci-reader",
        has_account("ci-writer"),
        CLOUDSMITH_SERVICE_SLUG="ci-writer",
    ),
    misentered(
        "linked to nobody",
        "provider-service-unlinked",
        "no service account",
        has_account("ci-reader"),
        enters(services=[]),
    ),
    misentered(
        "no value is mapped",
        "provider-mapping-missing",
        "no value",
        has_account("ci-reader"),
        maps("build_number"),
    ),
    misentered(
        "another value is mapped",
        "provider-mapping-missing",
        "maps release 8",
        maps("build_number", release_8="ci-reader"),
    ),
    misentered(
        "nearly this value is mapped",
        "provider-mapping-missing",
        "The nearest value is https://jenkins.example.com/job/team/job/app/job/master/",
        enters(mapping_claim="sub", mappings={JOB.replace("main", "master"): "ci-reader"}),
    ),
    misentered(
        "the token lacks what is mapped",
        "provider-mapping-missing",
        "The token has no branch",
        maps("branch", main="ci-reader"),
    ),
    misentered(
        "mapped to somebody else",
        "provider-mapping-missing",
        "to ci-writer",
        has_account("ci-reader"),
        enters(mapping_claim="build_number", mappings={"7": "ci-writer"}),
        alone="service-mismatch",
    ),
]
SEVERAL = [
    misentered(
        "the better of two",
        "provider-disabled",
        "'Jenkins 3' is disabled",
        only(requires(sub=f"{JENKINS}/job/prod/*", branch="main"), enters(enabled=False)),
    ),
    misentered(
        "the better of three",
        "provider-claim-mismatch",
        "job/dev/",
        only(
            enters(enabled=False, services=[]),
            requires(sub=JOB.replace("main", "dev")),
            requires(sub=f"{JENKINS}/job/prod/*", branch="main"),
        ),
    ),
]
REPOSITORY = [
    misentered("no privilege", "repository-forbidden", "has no privilege on prod", grants(), alone=""),
    misentered(
        "somebody else's privilege",
        "repository-forbidden",
        "has no privilege on prod",
        grants({"privilege": "Admin", "service": "ci-writer"}, {"privilege": "Write", "team": "builders"}),
        alone="",
    ),
    misentered(
        "read is not enough",
        "repository-forbidden",
        "has Read on prod",
        grants({"privilege": "Read", "service": "ci-reader"}),
        explain=("--write",),
        alone="",
    ),
]
WORLDS = [*PROVIDER, *CLAIMS, *SERVICE, *SEVERAL, *REPOSITORY]


def opened(name: str, says: str, narrower: str, *changes: Change, code: str = "provider-too-open") -> "Opened":
    return Opened(name.replace(" ", "-"), code, says, narrower, changes)


@dataclass(frozen=True)
class Opened:
    """A world that lets in this job and more, what is said of it, and the narrower value to enter."""

    name: str
    code: str
    says: str
    narrower: str
    changes: tuple[Change, ...]


OPEN_WORLDS = [
    opened("no claims", "requires no claim", JOB, requires()),
    opened("only an audience", "only aud", JOB, requires(aud="https://cloudsmith.example.com")),
    opened("every job", "every job of the controller", JOB, requires(sub=f"{JENKINS}/*")),
    opened("every job in the other spelling", "every job of the controller", JOB, requires(sub=f"{JENKINS}/.*")),
    opened("anything", "any value", JOB, requires(sub="*")),
    opened("pull requests", "pull requests", JOB, requires(sub=f"{JENKINS}/job/team/job/app/*")),
    opened("no boundary", "such as team-2", "job/team/ before", requires(sub=f"{JENKINS}/job/team*")),
    opened("no boundary behind the host", "longer name", f"{JENKINS}/ before", requires(sub=f"{JENKINS}*")),
    opened(
        "every organization",
        "every organization",
        "repo:ORGANIZATION/",
        lambda s: s.trust("https://token.actions.githubusercontent.com", {"sub": "repo:*"}),
    ),
    opened(
        "an organization's prefix",
        "such as repo:acme-2",
        "repo:acme/",
        lambda s: s.trust("https://token.actions.githubusercontent.com", {"sub": "repo:acme*"}),
    ),
    opened(
        "another provider without claims",
        "'Jenkins 2' requires no claim",
        "singles out",
        lambda s: s.trust("https://gitlab.com"),
    ),
    opened(
        "an issuer that is gone",
        "old.example.com",
        "https://old.example.com/oidc",
        lambda s: s.trust("https://old.example.com/oidc", {"sub": "x"}),
        code="provider-stale",
    ),
    opened(
        "a manager",
        "is a Manager",
        "Member",
        has_account("ci-reader", role="Manager"),
        code="service-too-powerful",
    ),
    opened(
        "a reader that may write",
        "has Admin on prod",
        "Read on prod",
        grants({"privilege": "Admin", "service": "ci-reader"}),
        code="service-too-powerful",
    ),
]
