"""Docker: https://docs.docker.com/reference/cli/docker/login/ ; its `config.json` is read by many other tools."""

import json

from cloudsmith_oidc.formats.base import Access, Endpoint, Format, in_directory

REGISTRY = Endpoint("docker.cloudsmith.io")


def _files(access: Access) -> dict[str, str]:
    """Log in to the registry under each of its names."""
    auths = {host: {"auth": access.basic_auth} for host in access.hosts_of(REGISTRY)}
    return {"docker/config.json": json.dumps({"auths": auths}, indent=2) + "\n"}


FORMAT = Format(
    client="docker",
    endpoints=(REGISTRY,),
    files=_files,
    variables={"DOCKER_CONFIG": in_directory("docker")},
    needs_repo=False,
    hides="The user's ~/.docker.",
)
