"""Helm's chart repositories: https://helm.sh/docs/helm/helm_repo_add/ ; charts in OCI registries are docker's."""

import json

from cloudsmith_oidc.formats.base import USER_NAME, Access, Endpoint, Format, in_directory

CHARTS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/helm/charts/")


def _files(access: Access) -> dict[str, str]:
    """Name each repository ORG-REPO."""
    entries = [
        {"name": f"{access.org}-{repo}", "url": url, "username": USER_NAME, "password": access.token}
        for repo, url in zip(access.repos, access.urls(CHARTS), strict=True)
    ]
    # JSON is YAML, so that the entries need no other escaping.
    items = [f"- {json.dumps(entry)}\n" for entry in entries]
    return {"helm/repositories.yaml": 'apiVersion: ""\nrepositories:\n' + "".join(items)}


FORMAT = Format(
    client="helm, for chart repositories, which are called WORKSPACE-REPOSITORY (charts in OCI registries: see docker)",
    endpoints=(CHARTS,),
    files=_files,
    variables={
        "HELM_REPOSITORY_CONFIG": in_directory("helm/repositories.yaml"),
        # An index lies there under its repository's name, which other logins also use.
        "HELM_REPOSITORY_CACHE": in_directory("helm/cache"),
    },
    publishes=False,
    least={"helm": "3.5"},
    hidden_files=(".config/helm/repositories.yaml",),
    hides="The user's chart repositories, those in the file that the job's own HELM_REPOSITORY_CONFIG names, and their "
    "indexes: run `helm repo update` first.",
    project="A dependency in Chart.yaml names its repository by URL or by @WORKSPACE-REPOSITORY, and gets the login.",
    second_index="A chart's name begins with its repository's, so that no other is asked for it.",
    without_files="fails",
)
