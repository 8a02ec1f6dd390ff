"""Docker: https://docs.docker.com/reference/cli/docker/login/ ; its `config.json` is read by many other tools.

These are podman, skopeo and buildah (https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md),
Helm (`helm registry login`) and oras.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from cloudsmith_oidc.formats.base import Access, Endpoint, Format, Override, in_directory
from cloudsmith_oidc.home import WITH_REGISTRY

REGISTRY = Endpoint("docker.cloudsmith.io")
CHARTS = Endpoint("helm.oci.cloudsmith.io")
_CONFIGURATION = ".docker/config.json"
_CONTEXTS = ".docker/contexts/meta/*/meta.json"
_BUILDX = ".docker/buildx"
_BUILDX_IS_USED = f"{_BUILDX}/.lock"
_REPLACED = {"auths", "credsstore", "credhelpers", "httpheaders", "clipluginsextradirs"}
"""Members of a configuration that can hold a login, or are written anew. Docker reads names in any case."""
_MAX_NAME = 255
"""No program has a longer name. This one is written for each host."""
_Json = TypeVar("_Json", dict[str, Any], list[Any], str)


def _files(access: Access) -> dict[str, str]:
    """Return a configuration with the login for each host of the registries, and the user's own settings and contexts.

    Of docker.withRegistry around the login, it has the logins, and nothing else.

    Without `inherit`, the only secret that it can have of the user is a password in the URL of a proxy, which Docker
    shows to every container anyway.
    """
    ours = [*access.hosts_of(REGISTRY), *access.hosts_of(CHARTS)]
    own = access.home.read_object(_CONFIGURATION)
    config = {name: value for name, value in own.items() if name.casefold() not in _REPLACED}
    auths: dict[str, Any] = {host: {"auth": access.basic_auth} for host in ours}
    auths = _of_others(access.home.read_object(WITH_REGISTRY), "auths", dict, ours) | auths
    helpers = _of_others(own, "credHelpers", str, ours)
    logins, store = _of_others(own, "auths", dict, ours), _member(own, "credsStore", str)
    if access.inherit:
        config |= {"HttpHeaders": headers} if (headers := _member(own, "HttpHeaders", dict)) else {}
        # With credsStore, docker, helm and oras would ignore all auths. Named for each host, all find both.
        if 0 < len(store) <= _MAX_NAME:
            helpers = dict.fromkeys(logins, store) | helpers
        else:
            auths = logins | auths
    if store and not logins:
        access.home.leave_out(_CONFIGURATION, "of it the credsStore, as auths names no host: use credHelpers")
    elif logins and not access.inherit:
        access.home.leave_out(_CONFIGURATION, "of it the logins: the setting inherit takes them along")
    plugins = [*_member(own, "cliPluginsExtraDirs", list), access.home.place(".docker/cli-plugins")]
    config = {"auths": auths, "cliPluginsExtraDirs": plugins, **({"credHelpers": helpers} if helpers else {}), **config}
    files = {path.removeprefix("."): access.home.read(path) for path in access.home.paths(_CONTEXTS)}
    return {
        # Not indented: that grows with the square of the depth of what the user has.
        "docker/config.json": json.dumps(config) + "\n",
        **{path: text for path, text in files.items() if text is not None},
    }


def _member(configuration: Mapping[str, Any], name: str, kind: type[_Json]) -> _Json:
    """Return a member of a JSON object, whatever case its name has; an empty one if there is none of that type."""
    found = (value for own, value in configuration.items() if own.casefold() == name.casefold())
    return next((value for value in found if isinstance(value, kind)), kind())


def _of_others(configuration: Mapping[str, Any], name: str, kind: type, ours: list[str]) -> dict[str, Any]:
    """Return the entries of a member for other hosts than ours. A key may be a URL, and have a path."""
    return {
        key: value
        for key, value in _member(configuration, name, dict).items()
        if isinstance(value, kind) and key.rpartition("://")[2].partition("/")[0].lower() not in ours
    }


def _buildx(access: Access) -> str | None:
    """Return where the user's builders are, or None. Without it, buildx looks for them next to the configuration."""
    users = access.home.place(_BUILDX) if access.home.has(_BUILDX_IS_USED) else None
    return access.environment.get("BUILDX_CONFIG") or users


FORMAT = Format(
    client="docker, podman, skopeo, buildah and oras, and Helm with charts in OCI registries; all also push",
    endpoints=(REGISTRY, CHARTS),
    files=_files,
    variables={
        "DOCKER_CONFIG": in_directory("docker"),
        "REGISTRY_AUTH_FILE": in_directory("docker/config.json"),
        "HELM_REGISTRY_CONFIG": in_directory("docker/config.json"),
        "BUILDX_CONFIG": _buildx,
    },
    needs_repo=False,
    overrides=(Override(names=("DOCKER_AUTH_CONFIG", "CONTAINERS_REGISTRIES_CONF")),),
    extends=("BUILDX_CONFIG",),
    least={"oras": "1.1", "helm-oci": "3.8 (before, OCI is experimental)"},
    home=(_CONFIGURATION, _CONTEXTS),
    marks=(_BUILDX_IS_USED,),
    hides="Unless the login inherits: the logins in the user's ~/.docker/config.json (auths, credsStore, HttpHeaders). "
    "In any case: the keys of contexts, the logins that podman and Helm have in files of their own, and the "
    "certificates that `docker --tls` finds in ~/.docker without DOCKER_CERT_PATH. An inherited credsStore is asked "
    "for the hosts that auths names. All else in config.json is kept, and so are plugins, contexts and builders.",
    without_files="refused: by Cloudsmith; podman and its relatives fail",
)
