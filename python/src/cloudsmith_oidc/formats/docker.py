"""Docker: https://docs.docker.com/reference/cli/docker/login/ ; its `config.json` is read by many other tools."""

import json

from cloudsmith_oidc.formats.base import Access, Endpoint, Format

REGISTRY = Endpoint("docker", "docker.cloudsmith.io")


def config_json(access: Access) -> str:
    """Log in to the registry under each of its names."""
    auths = {host: {"auth": access.basic_auth} for host in access.hosts(REGISTRY)}
    return json.dumps({"auths": auths}, indent=2) + "\n"


FORMAT = Format(
    files={"docker/config.json": config_json}, variables={"DOCKER_CONFIG": "{dir}/docker"}, needs_repo=False
)
