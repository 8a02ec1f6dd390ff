"""The package formats: one module each, found by its name.

To add a format, add a module here that defines `FORMAT`; its name is the module's, with `-` for `_`. See `base.py` for
what it can say, `pip.py` for an example, and docs/adding-a-format.md for the whole way.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import Access, Account, Endpoint, Format, switch
from cloudsmith_oidc.redaction import quoted

__all__ = [
    "Account",
    "Configuration",
    "Endpoint",
    "Format",
    "configure",
    "load",
    "names",
    "require_domain_key",
    "require_repository",
    "switch",
    "with_needs",
]


@dataclass(frozen=True)
class Configuration:
    """What a login is to write and set: files by path, and variables, which never hold a secret."""

    files: dict[str, str] = field(repr=False)
    variables: dict[str, str]


def names() -> list[str]:
    """Return the names of all formats, without loading them."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__) if module.name != "base")


def load(name: str) -> Format:
    """Return the format called `name`, which has to be one of `names()`."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return module.FORMAT  # type: ignore[no-any-return]


def with_needs(chosen: Iterable[str]) -> dict[str, Format]:
    """Load the formats called so, and those that they need."""
    loaded: dict[str, Format] = {}
    waiting = list(chosen)
    while waiting:
        name = waiting.pop(0)
        if name not in loaded:
            loaded[name] = load(name)
            waiting += loaded[name].needs
    return loaded


def require_domain_key(key: str, chosen: Iterable[str]) -> None:
    """Check the name of a custom domain: a format, or the label of one's host. Raises `SettingsError`."""
    if key in _labels(chosen) or (key in names() and load(key).endpoints):
        return
    # Only now are all formats loaded: to know a host that none of the chosen ones asks, or to say what there is.
    labels = _labels(names())
    if key not in labels:
        raise SettingsError(
            f"{quoted(key)} is no name for a custom domain",
            hint=f"Use a format, or what stands before .cloudsmith.io in a host: {', '.join(sorted(labels))}",
        )


def require_repository(chosen: Iterable[str], repos: Iterable[str]) -> None:
    """Check that there is a repository, if one of the chosen formats needs one. Raises `SettingsError`."""
    needy = [] if any(repos) else [name for name in chosen if load(name).needs_repo]
    if needy:
        raise SettingsError(
            f"{' and '.join(needy)} cannot be configured without a repository",
            hint="Give --repo, or set CLOUDSMITH_REPO",
        )


def _labels(chosen: Iterable[str]) -> set[str]:
    return {endpoint.label for form in with_needs(chosen).values() for endpoint in form.endpoints}


def configure(chosen: Iterable[str], account: Account) -> Configuration:
    """Return what a login with these formats writes and sets.

    Raises `SettingsError` for what a client's file cannot hold, and `ValueError` if two formats claim one file or one
    variable for different things, which is a bug.
    """
    formats = with_needs(chosen)
    views = [Access(account, name, form.endpoints) for name, form in formats.items()]
    hosts = dict.fromkeys(host for view in views for endpoint in view.endpoints for host in view.hosts_of(endpoint))
    result = Configuration({}, {})
    for name, form in formats.items():
        # A variable that a format does not name would not reach the program through the launcher.
        known = {variable: value for variable, value in account.environment.items() if variable in form.extends}
        access = Access(replace(account, environment=known), name, form.endpoints, tuple(hosts))
        variables = {variable: value(access) for variable, value in form.variables.items()}
        for variable, value in variables.items():
            _require_one_line(variable, value or "", name)
        _claim(result.files, form.files(access))
        _claim(result.variables, {variable: value for variable, value in variables.items() if value is not None})
    return result


def _require_one_line(variable: str, value: str, name: str) -> None:
    """Check what a variable is to be, which the job's own variables may have a part in."""
    if not value.isprintable():
        raise SettingsError(
            f"{variable} would hold a line break or another control character, as HOME or a variable of the job does",
            hint=f"Set that to one line, or leave the format {name} out",
        )


def _claim(claimed: dict[str, str], new: Mapping[str, str]) -> None:
    for name, value in new.items():
        if claimed.setdefault(name, value) != value:
            raise ValueError(f"two formats claim {name} for different things")
