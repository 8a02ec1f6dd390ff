"""The package formats: one module each, found by its name.

To add a format, add a module here that defines `FORMAT`; its name is the module's, with `-` for `_`. See `base.py` for
what it can say, `pip.py` for an example, and docs/adding-a-format.md for the whole way.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import Access, Format
from cloudsmith_oidc.redaction import quoted


@dataclass(frozen=True)
class Configuration:
    """What a login is to write and set: files by path, and variables, which never hold a secret."""

    files: dict[str, str] = field(repr=False)
    variables: dict[str, str]


def names() -> list[str]:
    """Return the names of all formats, without loading them."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__) if module.name != "base")


def load(name: str) -> Format:
    """Return the format called `name`, which must be one of `names()`."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return module.FORMAT  # type: ignore[no-any-return]


def checked_name(text: str) -> str:
    """Return the name of a format. Raises `ValueError`."""
    if text not in names():
        raise ValueError(f"{quoted(text)} is not a known format: use {', '.join(names())}")
    return text


def checked_option(text: str) -> tuple[str, str]:
    """Return the parts of `FORMAT.NAME=VALUE`: `FORMAT.NAME` and the checked value. Raises `ValueError`."""
    key, equals, value = text.partition("=")
    name, dot, option = key.partition(".")
    if not equals or not dot:
        raise ValueError(f"{quoted(text)} is not FORMAT.NAME=VALUE")
    known = load(checked_name(name)).options
    if option not in known:
        has = f"it has {', '.join(known)}" if known else "it has none"
        raise ValueError(f"{quoted(key)} is not an option of the format {name}: {has}")
    try:
        return key, known[option].check(value)
    except ValueError as problem:
        raise ValueError(f"{quoted(text)}: {problem}") from None


def with_needs(chosen: Iterable[str]) -> dict[str, Format]:
    """Return the formats with these names and those that they need, by name."""
    loaded: dict[str, Format] = {}
    waiting = list(chosen)
    while waiting:
        name = waiting.pop(0)
        if name not in loaded:
            loaded[name] = load(name)
            waiting += loaded[name].needs
    return loaded


def require_usable(chosen: Iterable[str], repos: Iterable[str], domains: Iterable[str]) -> None:
    """Raise `SettingsError` if a chosen format lacks a repository, or a key of `domains` is unknown."""
    chosen = list(chosen)
    needy = [] if any(repos) else [name for name in chosen if load(name).needs_repo]
    if needy:
        raise SettingsError(
            f"{' and '.join(needy)} cannot be configured without a repository",
            hint="Give --repo, or set CLOUDSMITH_REPO",
        )
    for key in (domain.partition(":")[0] for domain in domains):
        if key in _labels(chosen) or (key in names() and load(key).endpoints):
            continue
        # All formats are loaded only here: for a host that none of the chosen ones asks, and for the message.
        labels = _labels(names())
        if key not in labels:
            raise SettingsError(
                f"{quoted(key)} is no name for a custom domain",
                hint=f"Use a format, or what stands before .cloudsmith.io in a host: {', '.join(sorted(labels))}",
            )


def _labels(chosen: Iterable[str]) -> set[str]:
    return {endpoint.label for form in with_needs(chosen).values() for endpoint in form.endpoints}


def configure(chosen: Iterable[str], access: Access) -> Configuration:
    """Return what a login with these formats writes and sets.

    Raises `SettingsError` for a value that a client's file cannot hold, and `ValueError` if two formats claim one file
    or one variable for different things, which is a bug.
    """
    formats = with_needs(chosen)
    views = [replace(access, name=name, endpoints=form.endpoints) for name, form in formats.items()]
    hosts = dict.fromkeys(host for view in views for endpoint in view.endpoints for host in view.hosts_of(endpoint))
    result = Configuration({}, {})
    for form, view in zip(formats.values(), views, strict=True):
        _require_fitting_path(form, view)
        # The launcher passes on only the variables that formats name, so a format must not see any other.
        known = {variable: value for variable, value in access.environment.items() if variable in form.extends}
        of_format = replace(view, environment=known, hosts=tuple(hosts))
        _claim(result.files, form.files(of_format))
        _claim(result.variables, dict(_variables(form, of_format)))
    return result


def places(chosen: Iterable[str], access: Access) -> Iterator[tuple[str, str, str]]:
    """Yield where each format's clients find packages: its name, Cloudsmith's host, and the URL, or host, to use."""
    for name, form in with_needs(chosen).items():
        view = replace(access, name=name, endpoints=form.endpoints)
        for endpoint in form.endpoints:
            yield from ((name, endpoint.host, place) for place in view.urls(endpoint) or view.hosts_of(endpoint))


def _require_fitting_path(form: Format, access: Access) -> None:
    if form.not_in_path and (found := set(re.findall(form.not_in_path, access.directory))):
        raise SettingsError(
            f"the format {access.name} cannot use a login directory whose path has "
            f"{' or '.join(map(repr, sorted(found)))}: {quoted(access.directory)}",
            hint="Use another directory, or in Jenkins another workspace (customWorkspace), or leave the format out",
        )


def _variables(form: Format, access: Access) -> Iterator[tuple[str, str]]:
    """Yield the variables that a format sets. Raises `SettingsError` for a value of more than one line."""
    number = form.number(access) if form.number else 0
    for name, value_of in form.variables.items():
        value = value_of(access)
        if not (value or "").isprintable():
            raise SettingsError(
                f"{name} would hold a line break or another control character, as HOME or a variable of the job does",
                hint=f"Set that to one line, or leave the format {access.name} out",
            )
        if value is not None:
            yield (f"{name[:-1]}{number}" if name.endswith("_N") else name), value


def _claim(claimed: dict[str, str], new: Mapping[str, str]) -> None:
    for name, value in new.items():
        if claimed.setdefault(name, value) != value:
            raise ValueError(f"two formats claim {name} for different things")
