"""How Cloudsmith compares an ID token with its providers."""

import os
import re
import time
from typing import Any

import cloudsmith_api  # type: ignore[import-untyped]
import httpx
import jwt
import pytest

from cloudsmith.questions.conftest import Settle
from cloudsmith.workspace import Workspace
from cloudsmith_oidc.redaction import one_line
from sandbox.issuer import AUDIENCE, Issuer

ROTATION_SECONDS = float(os.environ.get("CLOUDSMITH_KIT_ROTATION_SECONDS", "600"))
"""How long to wait until a replaced key set is in use."""
POLL_SECONDS = 15.0


def listed(answers: dict[str, bool]) -> str:
    """Return those for which it is so, "none" if there is none."""
    return ", ".join(name for name, so in answers.items() if so) or "none"


def unverified(answer: httpx.Response) -> dict[str, Any]:
    """Return the claims of the token in an answer."""
    claims: dict[str, Any] = jwt.decode(answer.json()["token"], options={"verify_signature": False})
    return claims


def test_uploaded_keys(workspace: Workspace, settle: Settle) -> None:
    settle("uploaded-keys", "yes" if workspace.uploads else "no")


def test_audience(workspace: Workspace, issuer: Issuer, settle: Settle) -> None:
    shapes: dict[str, object] = {"text": AUDIENCE, "list": [AUDIENCE], "longer list": ["other", AUDIENCE]}
    with workspace.provider(issuer, workspace.reader, claims={"aud": AUDIENCE}):
        answers = {name: workspace.grants(issuer.mint(aud=aud), workspace.reader) for name, aud in shapes.items()}
        assert not workspace.grants(issuer.mint(aud="other"), workspace.reader)
    settle("audience", listed(answers))


def test_number(workspace: Workspace, issuer: Issuer, settle: Settle) -> None:
    with workspace.provider(issuer, workspace.reader, claims={"build_number": "7"}):
        answer = workspace.grants(issuer.mint(build_number=7), workspace.reader)
        assert not workspace.grants(issuer.mint(build_number=8), workspace.reader)
    settle("number", "yes" if answer else "no")


WILDCARDS = {
    "wildcard-end": "https://jenkins.example.com/job/{}",
    "wildcard-middle": "https://jenkins.example.com/{}/main/",
}
SUBJECT = "https://jenkins.example.com/job/app/main/"


@pytest.mark.parametrize("question", WILDCARDS)
def test_wildcards(workspace: Workspace, issuer: Issuer, settle: Settle, question: str) -> None:
    answers = {}
    for wildcard in (".*", "*"):
        claims = {"sub": WILDCARDS[question].format(wildcard)}
        with workspace.provider(issuer, workspace.reader, claims=claims):
            answers[wildcard] = workspace.grants(issuer.mint(sub=SUBJECT), workspace.reader)
            assert not workspace.grants(issuer.mint(sub="https://elsewhere.example.com/"), workspace.reader)
    settle(question, listed(answers))


def test_regular_expression(workspace: Workspace, issuer: Issuer, settle: Settle) -> None:
    with workspace.provider(issuer, workspace.reader, claims={"sub": SUBJECT}):
        answer = workspace.grants(issuer.mint(sub=SUBJECT.replace(".", "-")), workspace.reader)
        assert workspace.grants(issuer.mint(sub=SUBJECT), workspace.reader)
    settle("regular-expression", "yes" if answer else "no")


def test_issuer_slash(workspace: Workspace, issuer: Issuer, settle: Settle) -> None:
    with workspace.provider(issuer, workspace.reader, provider_url=f"{issuer.url}/"):
        settle("issuer-slash", "yes" if workspace.grants(issuer.mint(), workspace.reader) else "no")


def test_reader_and_publisher_by_one_url(workspace: Workspace, issuer: Issuer, settle: Settle) -> None:
    """The pattern of the pages: all jobs read, the release job alone publishes."""
    release = "https://jenkins.example.com/job/release/"
    try:
        with (
            workspace.provider(issuer, workspace.reader, claims={"aud": AUDIENCE}),
            workspace.provider(issuer, workspace.publisher, claims={"sub": release}),
        ):
            reads = workspace.grants(issuer.mint(aud=AUDIENCE), workspace.reader)
            publishes = workspace.grants(issuer.mint(sub=release), workspace.publisher)
            assert not workspace.grants(issuer.mint(aud=AUDIENCE), workspace.publisher)
    except cloudsmith_api.rest.ApiException as problem:
        answer = f"the second cannot be made ({problem.status})"
    else:
        answer = "yes" if reads and publishes else f"only {listed({'the first': reads, 'the second': publishes})}"
    settle("same-url", answer)


def test_dynamic_mapping(workspace: Workspace, issuer: Issuer, settle: Settle) -> None:
    mapped = [{"claim_value": "7", "service_account": workspace.reader}]
    asked = {"the mapped one": workspace.reader, "another": workspace.publisher}
    with workspace.provider(issuer, mapping_claim="build", dynamic_mappings=mapped):
        granted = {name: workspace.exchange(issuer.mint(build="7"), slug) for name, slug in asked.items()}
    given = {
        name: unverified(answer)["service_slug"] == workspace.reader
        for name, answer in granted.items()
        if answer.is_success
    }
    if "the mapped one" not in given:
        settle("dynamic-mapping", "even the mapped one is refused")
    else:
        settle("dynamic-mapping", {True: "the mapped one", False: "another", None: "none"}[given.get("another")])


REFUSALS = {
    "refusal-claim": ("other", "reader"),
    "refusal-unlinked": (AUDIENCE, "publisher"),
    "refusal-unknown": (AUDIENCE, "nobody"),
}


@pytest.mark.parametrize("question", REFUSALS)
def test_refusals(workspace: Workspace, issuer: Issuer, settle: Settle, question: str) -> None:
    audience, who = REFUSALS[question]
    slug = {"reader": workspace.reader, "publisher": workspace.publisher}.get(who, f"{workspace.prefix}-{who}")
    with workspace.provider(issuer, workspace.reader, claims={"aud": AUDIENCE}):
        answer = workspace.exchange(issuer.mint(aud=audience), slug)
    detail = str(answer.json().get("detail")).replace(workspace.prefix, "PREFIX")
    detail = one_line(re.sub(re.escape(workspace.org), "ORG", detail, flags=re.IGNORECASE))
    settle(question, f"{answer.status_code} {detail}")


@pytest.fixture
def granted(workspace: Workspace, issuer: Issuer) -> httpx.Response:
    """The answer of an exchange that is granted."""
    with workspace.provider(issuer, workspace.reader):
        return workspace.exchange(issuer.mint(), workspace.reader).raise_for_status()


def test_token_life(granted: httpx.Response, settle: Settle) -> None:
    claims = unverified(granted)
    settle("token-life", f"{claims['exp'] - claims['iat']} s")


def test_rate_limits(granted: httpx.Response, settle: Settle) -> None:
    names = [name.title().replace("Ratelimit", "RateLimit") for name in granted.headers if "ratelimit" in name]
    settle("rate-limits", ", ".join(sorted(names)) or "none")


@pytest.mark.timeout(ROTATION_SECONDS + 180)
def test_replaced_keys(workspace: Workspace, issuer: Issuer, settle: Settle) -> None:
    if not workspace.uploads:
        pytest.skip("this Cloudsmith takes no uploaded keys, and hosted ones are replaced by hand")
    with workspace.provider(issuer, workspace.reader) as provider:
        assert workspace.grants(issuer.mint(), workspace.reader)
        old = issuer.mint()
        issuer.rotate()
        workspace.upload(provider.slug_perm, issuer.jwks())
        begin = time.monotonic()
        while True:
            replaced = workspace.grants(issuer.mint(), workspace.reader) and not workspace.grants(old, workspace.reader)
            waited = time.monotonic() - begin
            if replaced or waited > ROTATION_SECONDS:
                break
            time.sleep(POLL_SECONDS)
    took = "at once" if waited < POLL_SECONDS else f"after {waited:.0f} s"
    settle("replaced-keys", took if replaced else f"not within {ROTATION_SECONDS:.0f} s")
