"""Tokens of other systems than Jenkins: recognised, and explained in the words of the system they come from."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from cloudsmith_oidc.explain import ci_systems
from cloudsmith_oidc.explain.ci_systems.base import CiSystem
from cloudsmith_oidc.explain.findings import CODES
from explain.worlds import enters, explain, report
from program import Cli
from sandbox import Issuer, Sandbox

CIRCLECI_ORG = "2f1e7b3c-0d6a-4a2e-9a76-2f5b8c1d9e10"
CIRCLECI_PROJECT = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
CIRCLECI_USER = "b2e1c7f0-5a3d-4c8e-8f6b-1d2c3b4a5968"
CIRCLECI = {
    "iss": f"https://oidc.circleci.com/org/{CIRCLECI_ORG}",
    "sub": f"org/{CIRCLECI_ORG}/project/{CIRCLECI_PROJECT}/user/{CIRCLECI_USER}",
    "aud": CIRCLECI_ORG,
    "oidc.circleci.com/project-id": CIRCLECI_PROJECT,
    "oidc.circleci.com/context-ids": ["a74579f1-2e7d-451e-b009-5c082ad2729e"],
    "oidc.circleci.com/ssh-rerun": False,
}
ORIGIN = {"oidc.circleci.com/vcs-origin": "github.com/acme/app", "oidc.circleci.com/vcs-ref": "refs/heads/main"}
CIRCLECI_V2 = CIRCLECI | ORIGIN | {"sub": f"{CIRCLECI['sub']}/vcs-origin/github.com/acme/app/vcs-ref/refs/heads/main"}
GITHUB = {
    "iss": "https://token.actions.githubusercontent.com",
    "sub": "repo:acme/app:ref:refs/heads/main",
    "aud": "https://github.com/acme",
    "repository": "acme/app",
    "repository_owner": "acme",
    "ref": "refs/heads/main",
    "ref_type": "branch",
    "event_name": "push",
    "job_workflow_ref": "acme/app/.github/workflows/build.yml@refs/heads/main",
}
GITLAB = {
    "iss": "https://gitlab.com",
    "sub": "project_path:acme/tools/app:ref_type:branch:ref:main",
    "aud": "https://cloudsmith.io",
    "namespace_path": "acme/tools",
    "project_path": "acme/tools/app",
    "ref": "main",
    "ref_type": "branch",
    "ref_protected": "true",
    "pipeline_source": "push",
}
JENKINS = {"iss": "https://jenkins.example.com/oidc", "sub": "https://jenkins.example.com/job/app/", "aud": ["a"]}
TOKENS: dict[str, tuple[str, dict[str, Any]]] = {
    "CircleCI": ("CircleCI", CIRCLECI),
    "CircleCI V2": ("CircleCI", CIRCLECI_V2),
    "GitHub": ("GitHub Actions", GITHUB),
    "GitHub, with immutable names": ("GitHub Actions", GITHUB | {"sub": "repo:acme@12/app@34:ref:refs/heads/main"}),
    "a GitHub enterprise": ("GitHub Actions", GITHUB | {"iss": f"{GITHUB['iss']}/octocat-inc"}),
    "GitHub with data residency": ("GitHub Actions", GITHUB | {"iss": "https://token.actions.octocorp.ghe.com"}),
    "a GitHub server": ("GitHub Actions", GITHUB | {"iss": "https://github.acme.com/_services/token"}),
    "GitLab": ("GitLab", GITLAB),
    "a GitLab server": ("GitLab", GITLAB | {"iss": "https://git.acme.com/gitlab"}),
    "Jenkins": ("Jenkins", JENKINS),
    "a folder of Jenkins": ("Jenkins", JENKINS | {"iss": "https://jenkins.example.com/oidc/job/team"}),
}
OTHERS = {name: claims for name, (system, claims) in TOKENS.items() if system != "Jenkins"}
DOUBTFUL: dict[str, dict[str, Any]] = {
    "nothing": {},
    "an issuer of the credential's own": JENKINS | {"iss": "https://issuer.example.org"},
    "a host that begins like CircleCI's": CIRCLECI | {"iss": "https://oidc.circleci.com.example.org/org/1"},
    "a host that begins like GitHub's": GITHUB | {"iss": "https://token.actions.githubusercontent.com.example.org"},
    "plain http": GITHUB | {"iss": "http://token.actions.githubusercontent.com"},
    "an issuer that is a list": {"iss": ["https://gitlab.com"]},
}
CHOICES: dict[str, tuple[dict[str, Any], list[set[str]]]] = {
    "CircleCI": (
        CIRCLECI_V2,
        [
            {"oidc.circleci.com/project-id", *ORIGIN, "aud"},
            {"oidc.circleci.com/project-id", "oidc.circleci.com/vcs-origin", "aud"},
            {"oidc.circleci.com/project-id", "aud"},
            {"aud"},
        ],
    ),
    "CircleCI, without a repository": (CIRCLECI, [{"oidc.circleci.com/project-id", "aud"}, {"aud"}]),
    "GitHub": (GITHUB, [{"repository", "ref", "aud"}, {"repository", "aud"}, {"repository_owner", "aud"}]),
    "GitHub, with an environment": (
        GITHUB | {"sub": "repo:acme/app:environment:production", "environment": "production"},
        [
            {"repository", "environment", "aud"},
            {"repository", "ref", "aud"},
            {"repository", "aud"},
            {"repository_owner", "aud"},
        ],
    ),
    "GitLab": (
        GITLAB,
        [
            {"project_path", "ref_type", "ref", "ref_protected", "aud"},
            {"project_path", "ref_type", "ref", "aud"},
            {"project_path", "ref_protected", "aud"},
            {"project_path", "aud"},
            {"namespace_path", "aud"},
        ],
    ),
    "GitLab, an open branch": (
        GITLAB | {"ref_protected": "false"},
        [{"project_path", "ref_type", "ref", "aud"}, {"project_path", "aud"}, {"namespace_path", "aud"}],
    ),
}


def issued_by(sandbox: Sandbox, claims: dict[str, Any]) -> str:
    """Let the world have the issuer of these claims, and return a token of it."""
    url = urlsplit(claims["iss"])
    issuer = sandbox.add_issuer(Issuer(explicit=claims["iss"]))
    pages = sandbox.site(url.netloc).pages
    pages[f"{url.path}/.well-known/openid-configuration"], pages[f"{url.path}/jwks"] = issuer.discovery(), issuer.jwks()
    return issuer.mint(**claims)


@pytest.mark.parametrize("name", TOKENS)
def test_token_is_recognised_by_its_own_system_only(name: str) -> None:
    system, claims = TOKENS[name]

    assert ci_systems.system_of(claims).name == system
    assert [one.name for one in ci_systems.SYSTEMS if one.issued(claims)] == [system]


@pytest.mark.parametrize("name", DOUBTFUL)
def test_unrecognised_token_counts_as_jenkins(name: str) -> None:
    assert ci_systems.system_of(DOUBTFUL[name]).name == "Jenkins"


@pytest.mark.parametrize("name", CHOICES)
def test_choices_go_from_narrow_to_wide(cli: Cli, name: str) -> None:
    claims, expected = CHOICES[name]

    choices = report(cli, "--no-exchange", token=issued_by(cli.sandbox, claims))["provider"]["claims"]

    assert [set(choice["claims"]) for choice in choices] == expected
    for choice in choices:
        assert choice["claims"].items() <= claims.items()


@pytest.mark.parametrize("name", ["CircleCI V2", "GitHub", "GitLab"])
def test_every_choice_authenticates_the_job(cli: Cli, name: str) -> None:
    token = issued_by(cli.sandbox, OTHERS[name])
    provider = report(cli, "--no-exchange", token=token)["provider"]

    for choice in provider["claims"]:
        cli.sandbox.cloudsmith.providers.clear()
        cli.sandbox.trust(provider["provider_url"], choice["claims"])
        assert report(cli, token=token)["summary"]["exchange"] == "granted"


@pytest.mark.parametrize("name", OTHERS)
def test_report_on_another_systems_token_does_not_mention_jenkins(cli: Cli, name: str) -> None:
    system, claims = TOKENS[name]
    token = issued_by(cli.sandbox, claims | {"aud": ["https://other.example.com"]})
    cli.sandbox.site(urlsplit(claims["iss"]).netloc)

    expected = ("--expect-claim", "sub=other", "--expect-audience", "other")
    text = explain(cli, *expected, token=token).stdout.decode()

    assert system in text
    assert "error: discovery-unreachable" in text
    assert "error: claim-mismatch" in text
    assert "Jenkins" not in text
    assert all(str(value) in text for claim, value in claims.items() if claim in {"iss", "sub", "project_path"})


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("entered", [{"claims": {"team": "blue"}}, {"mapping_claim": "team"}], ids=str)
def test_another_systems_provider_does_not_mention_jenkins(cli: Cli, name: str, entered: dict[str, Any]) -> None:
    token = issued_by(cli.sandbox, OTHERS[name])
    cli.sandbox.cloudsmith.providers.clear()
    cli.sandbox.trust(OTHERS[name]["iss"])
    cli.sandbox.add_service("ci-reader")
    enters(name="The provider", **entered)(cli.sandbox)

    text = explain(cli, token=token, key=cli.sandbox.api_key()).stdout.decode()

    assert text.startswith("Likely cause: provider-")
    assert "The token has no" in text
    assert "Jenkins" not in text


@pytest.mark.parametrize(
    "system", [one for one in ci_systems.SYSTEMS if one.name != "Jenkins"], ids=lambda one: one.name
)
def test_other_systems_replace_every_hint_about_jenkins(system: CiSystem) -> None:
    # Without a token nobody knows the system.
    about_jenkins = {code for code, known in CODES.items() if "Jenkins" in known.action or "cred" in known.action}

    assert about_jenkins - {"token-missing", "token-malformed"} <= set(system.hints) <= set(CODES)
    assert not [hint for hint in system.hints.values() if "Jenkins" in hint]
