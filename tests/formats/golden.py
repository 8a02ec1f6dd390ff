"""The golden files. `python -m formats` writes them: look at the difference before you commit it.

A golden file holds what a login with one format writes and sets, in two cases: the simplest one, and several things at
once that change URLs and names.
"""

from dataclasses import replace
from pathlib import Path

from cloudsmith_oidc import formats
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import Access
from cloudsmith_oidc.home import Home

FOLDER = Path(__file__).parent / "golden"
PLAIN = Access(org="acme", repos=("prod",), token="TOKEN", directory="/login", home=Home("/home/jo", {}))


def odd(name: str) -> Access:
    """Odd but legal slugs, and custom domains of the workspace and of the second repository."""
    labels = [endpoint.label for endpoint in formats.load(name).endpoints]
    domains = {label: f"https://{label}.acme.com" for label in labels}
    domains |= {f"{label}:9": f"https://{label}-9.acme.com:8443" for label in labels}
    return replace(PLAIN, org="0.Ac-me_", repos=("p.r-o--D_", "9"), domains=domains)


def golden(name: str) -> str:
    """Return what the golden file of a format has to hold."""
    cases = {"one repository": PLAIN, "two repositories with odd slugs and custom domains": odd(name)}
    return "".join(f"######## {title}\n\n{_written(name, access)}" for title, access in cases.items()) + _undone(name)


def _written(name: str, access: Access) -> str:
    try:
        configuration = formats.configure([name], access)
    except SettingsError as refused:
        return f"refused: {refused}\n\n"
    text = "".join(f"{variable}={value}\n" for variable, value in configuration.variables.items())
    for path, content in configuration.files.items():
        text += f"---- {path}\n{content}"
    return text + "\n"


def around(name: str) -> Access:
    """Every variable around the login that can take precedence over a format."""
    names = {one.replace("*", "X") for override in formats.load(name).overrides for one in override.names}
    return replace(PLAIN, around=frozenset(names))


def _undone(name: str) -> str:
    """The variables of a login that differ if those were set which can take precedence over it."""
    if not formats.load(name).overrides:
        return ""
    before, after = (formats.configure([name], access).variables for access in (PLAIN, around(name)))
    changed = "".join(
        f"{variable}={after[variable]!r}\n" for variable in after if after[variable] != before.get(variable)
    )
    warned = [one.variable for one in formats.overriding([name], around(name)) if not one.value]
    return f"######## overriding variables around the login\n\n{changed}warns of: {' '.join(warned) or 'nothing'}\n"


def write() -> None:
    """Bring all golden files up to date."""
    for name in formats.names():
        (FOLDER / f"{name}.txt").write_text(golden(name))
