"""What the API shows to whom, and how it and the package hosts take Cloudsmith's token."""

import pytest

from cloudsmith.questions.conftest import Settle
from cloudsmith.workspace import Workspace, ways
from sandbox.issuer import Issuer

ENDPOINTS = {
    "providers": "/v1/orgs/{org}/openid-connect/",
    "mappings": "/v1/orgs/{org}/openid-connect/{provider}/dynamic-mappings/",
    "services": "/v1/orgs/{org}/services/",
    "repository": "/v1/repos/{org}/{repo}/",
    "privileges": "/v1/repos/{org}/{repo}/privileges",
}
"""What `explain` reads, besides domains."""


@pytest.fixture
def keys(workspace: Workspace) -> dict[str, dict[str, str]]:
    """The headers of those who may ask the API."""
    keys = {"owner": workspace.key, "manager": workspace.manager_key, "service": workspace.token(workspace.reader)}
    return {who: {"X-Api-Key": key} for who, key in keys.items()}


@pytest.mark.parametrize("who", ["owner", "manager", "service"])
def test_endpoints(
    workspace: Workspace, issuer: Issuer, keys: dict[str, dict[str, str]], settle: Settle, who: str
) -> None:
    with workspace.provider(issuer, workspace.reader) as provider:
        names = {"org": workspace.org, "repo": workspace.repo, "provider": provider.slug_perm}
        answers = {name: workspace.get(path.format(**names), keys[who]) for name, path in ENDPOINTS.items()}
    settle(f"api-{who}", ", ".join(f"{name} {answer.status_code}" for name, answer in answers.items()))


@pytest.mark.usefixtures("issuer")
def test_domains(workspace: Workspace, keys: dict[str, dict[str, str]], settle: Settle) -> None:
    answers = {who: workspace.get(f"/v2/workspaces/{workspace.org}/domains/", key) for who, key in keys.items()}
    settle("domains", ", ".join(who for who, answer in answers.items() if answer.is_success) or "none")


@pytest.mark.usefixtures("issuer")
def test_headers(workspace: Workspace, settle: Settle) -> None:
    token = workspace.token(workspace.reader)
    headers = {"X-Api-Key": {"X-Api-Key": token}, "Authorization: Bearer": {"Authorization": f"Bearer {token}"}}
    answers = {name: workspace.get("/v1/user/self/", header).json() for name, header in headers.items()}
    taken = [name for name, answer in answers.items() if answer.get("authenticated")]
    settle("api-headers", ", ".join(taken) or "none")


HOSTS = {
    "login-hex": "https://hex.cloudsmith.io/{}/names",
    "login-huggingface": "https://huggingface.cloudsmith.io/{}/api/models/acme/none",
    "login-conan": "https://conan.cloudsmith.io/{}/v2/users/check_credentials",
    "login-composer": "https://composer.cloudsmith.io/basic/{}/packages.json",
    "login-gpg-key": "https://dl.cloudsmith.io/basic/{}/gpg.key",
}


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize("question", HOSTS)
def test_login(workspace: Workspace, settle: Settle, question: str) -> None:
    url = HOSTS[question].format(f"{workspace.org}/{workspace.repo}")
    answers = {name: workspace.get(url, way) for name, way in ways(workspace.token(workspace.reader)).items()}
    taken = [name for name, answer in answers.items() if answer.status_code not in {401, 403}]
    settle(question, ", ".join(taken) or "none")
