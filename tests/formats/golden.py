"""The golden files. `python -m formats` writes them: look at the difference before you commit it.

A golden file holds what a login with one format writes and sets, in cases that every format has.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cloudsmith_oidc import formats
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats import Account, Format
from cloudsmith_oidc.home import Home

FOLDER = Path(__file__).parent / "golden"
ODD_DIRECTORY = '/var/jenkins/it\'s "100 %" of $HOME\\ü {dir}'
PLAIN = Account(org="acme", repos=("prod",), token="TOKEN", directory="/login", home=Home("/home/jo", {}))


def cases(form: Format) -> Mapping[str, Account]:
    """What is tried with each format."""
    labels = [endpoint.label for endpoint in form.endpoints]
    return {
        "one repository": PLAIN,
        "several repositories": replace(PLAIN, repos=("prod", "dev")),
        "custom domains of the workspace": replace(
            PLAIN, repos=("prod", "dev"), domains={label: f"https://{label}.acme.com" for label in labels}
        ),
        "custom domains of one repository, with a port": replace(
            PLAIN,
            repos=("prod", "dev"),
            domains={f"{label}:prod": f"https://{label}-prod.acme.com:8443" for label in labels},
        ),
        "odd but legal slugs": replace(PLAIN, org="0.Ac-me_", repos=("p.r-o--D_", "9")),
        "a directory with every odd character": replace(PLAIN, directory=ODD_DIRECTORY),
        "no repository": replace(PLAIN, repos=()),
    }


def golden(name: str) -> str:
    """Return what the golden file of a format has to hold."""
    form = formats.load(name)
    text = ""
    for title, account in cases(form).items():
        if account.repos or not form.needs_repo:
            text += f"######## {title}\n\n{_written(name, account)}"
    return text


def _written(name: str, account: Account) -> str:
    try:
        configuration = formats.configure([name], account)
    except SettingsError as refused:
        return f"refused: {refused}\n\n"
    text = "".join(f"{variable}={value}\n" for variable, value in configuration.variables.items())
    for path, content in configuration.files.items():
        text += f"---- {path}\n{content}"
    return text + "\n"


def write() -> None:
    """Bring all golden files up to date."""
    for name in formats.names():
        (FOLDER / f"{name}.txt").write_text(golden(name))
