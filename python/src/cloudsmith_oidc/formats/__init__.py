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

OURS = "CLOUDSMITH_OIDC_SET"
"""The variable that names those of a login which can be the job's own as well: an inner login must not report them."""


@dataclass(frozen=True)
class Configuration:
    """What a login is to write and set: files by path, and variables, which never hold a secret."""

    files: dict[str, str] = field(repr=False)
    variables: dict[str, str]
    unset: list[str] = field(default_factory=list)
    """Those of the variables that only are another spelling of others: a shell can do without them."""


@dataclass(frozen=True)
class Overriding:
    """A variable around the login that would take precedence over a format: see `Override`.

    `spelling` is the one in which the login sets it, to `value`, which is None if it cannot be undone.
    """

    format: str
    variable: str
    spelling: str
    value: str | None


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
        # Loaded only now, because a login without mistakes does not need it.
        from cloudsmith_oidc.suggestions import did_you_mean  # noqa: PLC0415

        guess = "Put commas between formats. " if " " in text else did_you_mean(text, names())
        raise ValueError(f"{quoted(text)} is not a known format. {guess}There are: {', '.join(names())}")
    return text


def checked_option(text: str) -> tuple[str, str]:
    """Return the parts of `FORMAT.NAME=VALUE`: `FORMAT.NAME` and the checked value. Raises `ValueError`."""
    key, equals, value = text.partition("=")
    name, dot, option = key.partition(".")
    if not equals or not dot:
        raise ValueError(f"{quoted(text)} is not FORMAT.NAME=VALUE")
    known = load(checked_name(name)).every_option
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
    """Raise `SettingsError` if a chosen format lacks a repository, or none of them uses a key of `domains`."""
    formats, repos = {name: load(name) for name in chosen}, list(repos)
    needy = [] if repos else [name for name, form in formats.items() if form.needs_repo]
    if needy:
        raise SettingsError(
            f"{' and '.join(needy)} cannot be configured without a repository",
            hint="Give --repo, or set CLOUDSMITH_REPO",
        )
    keys = _domain_keys(with_needs(formats))
    # Docker's images name any repository, and so do the projects of all clients whose format needs none.
    of_any_repo = _domain_keys({name: form for name, form in formats.items() if not form.needs_repo})
    for domain in domains:
        key, colon, repo = domain.partition(":")
        if key not in keys or (colon and repo not in repos and key not in of_any_repo):
            of_repo = f", or one of them followed by :{' or :'.join(repos)}" if repos else ""
            raise SettingsError(
                f"no format of this login uses the custom domain {quoted(domain)}",
                hint=f"Use {', '.join(sorted(keys))}{of_repo}, or choose the format that uses it",
            )


def _domain_keys(formats: Mapping[str, Format]) -> set[str]:
    """Return the names of these formats, and the labels of their hosts."""
    return {key for name, form in formats.items() for endpoint in form.endpoints for key in (name, endpoint.label)}


def configure(chosen: Iterable[str], access: Access) -> Configuration:
    """Return what a login with these formats writes and sets.

    Raises `SettingsError` for a value that a client's file cannot hold, and `ValueError` if two formats claim one file
    or one variable for different things, which is a bug.
    """
    views = _views(chosen, access)
    result = Configuration({}, {})
    for form, view in views:
        _require_fitting_path(form, view)
        _claim(result.files, form.files(view))
        _claim(result.variables, dict(_variables(form, view)))
        for one in _overriding(form, view):
            if one.value:
                # In both spellings, as an image may have the other one, and the client reads the last of two.
                value = _one_line(one.variable, one.value, view)
                _claim(result.variables, {one.spelling: value, one.variable: value})
                result.unset.extend({one.variable} - {one.spelling})
    ours = {spelling for form, _ in views for name in result.variables if (spelling := form.spelled(name))}
    if ours:
        result.variables[OURS] = " ".join(sorted(ours.union(_ours(access))))
    return result


def overriding(chosen: Iterable[str], access: Access) -> list[Overriding]:
    """Return the variables around the login that would take precedence over it, without those of an outer login."""
    found = [one for form, view in _views(chosen, access) for one in _overriding(form, view)]
    return [one for one in found if one.value != "" and one.spelling not in _ours(access)]


def places(chosen: Iterable[str], access: Access) -> Iterator[tuple[str, str, str]]:
    """Yield where each format's clients find packages: its name, Cloudsmith's host, and the URL, or host, to use."""
    for form, view in _views(chosen, access):
        for endpoint in form.endpoints:
            yield from ((view.name, endpoint.host, place) for place in view.urls(endpoint) or view.hosts_of(endpoint))


def _views(chosen: Iterable[str], access: Access) -> list[tuple[Format, Access]]:
    """Return the chosen formats, and those that they need, each with what it sees of the login."""
    formats = with_needs(chosen)
    views = [replace(access, name=name, endpoints=form.endpoints) for name, form in formats.items()]
    hosts = tuple(dict.fromkeys(host for view in views for one in view.endpoints for host in view.hosts_of(one)))
    result = []
    for form, view in zip(formats.values(), views, strict=True):
        # The launcher passes on only the variables that formats name, so a format must not see any other.
        known = {variable: value for variable, value in access.environment.items() if variable in form.extends}
        result.append((form, replace(view, environment=known, hosts=hosts)))
    return result


def _ours(access: Access) -> list[str]:
    """Return the names of the variables of an outer login that are no longer the job's own."""
    return access.environment.get(OURS, "").split()


def _overriding(form: Format, access: Access) -> Iterator[Overriding]:
    """Yield the variables around the login that take precedence over a format, without those that are to be kept."""
    for variable in sorted(access.around):
        for override in form.overrides:
            spelling = override.spelled(variable)
            if spelling and spelling not in access.option("keep"):
                values = (value_of(access) for value_of in (form.variables.get(spelling), override.undo) if value_of)
                value = next((value for value in values if value is not None), None)
                yield Overriding(access.name, variable, spelling, value)


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
        value = None if name in access.option("keep") else value_of(access)
        if value is not None:
            yield (f"{name[:-1]}{number}" if name.endswith("_N") else name), _one_line(name, value, access)


def _one_line(name: str, value: str, access: Access) -> str:
    """Return the value of a variable. Raises `SettingsError` if it has more than one line."""
    if not value.isprintable():
        raise SettingsError(
            f"{name} would hold a line break or another control character, as HOME or a variable of the job does",
            hint=f"Set that to one line, or leave the format {access.name} out",
        )
    return value


def _claim(claimed: dict[str, str], new: Mapping[str, str]) -> None:
    for name, value in new.items():
        if claimed.setdefault(name, value) != value:
            raise ValueError(f"two formats claim {name} for different things")
