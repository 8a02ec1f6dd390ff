"""Helm's chart repositories: https://helm.sh/docs/helm/helm_repo_add/ ; charts in OCI registries are docker's."""

import json
import re

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import USER_NAME, Access, Endpoint, Format, in_directory

CHARTS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/helm/charts/")
OWN = ".config/helm/repositories.yaml"


def _files(access: Access) -> dict[str, str]:
    """Name each repository ORG-REPO, and put the user's own after them if the login inherits."""
    entries = {
        f"{access.org}-{repo}": {"url": url, "username": USER_NAME, "password": access.token}
        for repo, url in zip(access.repos, access.urls(CHARTS), strict=True)
    }
    # JSON is YAML, so that the entries need no other escaping, and can stand beside the user's as they are.
    items = [f"- {json.dumps({'name': name, **entry})}\n" for name, entry in entries.items()]
    own = access.home.read(OWN) if access.inherit else None
    items += [item for item in _items(own or "") if _name(item) not in entries]
    return {"helm/repositories.yaml": 'apiVersion: ""\nrepositories:\n' + "".join(items)}


def _items(text: str) -> list[str]:
    """Return the list of repositories in a file as Helm writes it, item by item, without parsing all of YAML.

    Raises `SettingsError` for any other.
    """
    found = re.fullmatch(r"(?:\w+: .*\n)*(?:repositories:(?: \[\]| null)?\n((?:[- ] .*\n)*))?", text)
    if found is None:
        raise SettingsError(
            f"~/{OWN} is not as Helm writes it, so that it cannot be inherited",
            hint="Let Helm write it, by 'helm repo update' and 'helm repo add', or log in without inherit",
        )
    return re.findall(r"- .*\n(?:  .*\n)*", found[1] or "")


def _name(item: str) -> str:
    found = re.search(r"^[- ] name: *[\"']?(.*?)[\"']?$", item, re.MULTILINE)
    return found[1] if found else ""


FORMAT = Format(
    client="helm, for chart repositories, which are called WORKSPACE-REPOSITORY (charts in OCI registries: see docker)",
    endpoints=(CHARTS,),
    files=_files,
    variables={
        "HELM_REPOSITORY_CONFIG": in_directory("helm/repositories.yaml"),
        # An index lies there under its repository's name, which other logins use, too.
        "HELM_REPOSITORY_CACHE": in_directory("helm/cache"),
    },
    publishes=False,
    logins=(OWN,),
    hides="The user's chart repositories, unless the login inherits, those of the file that the job's own "
    "HELM_REPOSITORY_CONFIG names, and the indexes that were fetched of them: 'helm repo update' comes first.",
    project="A dependency in Chart.yaml names its repository by URL or by @WORKSPACE-REPOSITORY, and is let in.",
    second_index="A chart's name begins with its repository's, so that no other is asked for it.",
)
