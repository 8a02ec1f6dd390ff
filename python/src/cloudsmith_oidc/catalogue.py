"""`cloudsmith-oidc formats`: the facts about each package format."""

import json
import textwrap

from cloudsmith_oidc import formats, streams
from cloudsmith_oidc.settings import Formats

_WIDTH = 80
_COLUMN = 16

Description = dict[str, object]
_ELSEWHERE = """\
If a client is refused or gets packages from elsewhere, look its message up in
docs/client-does-not-use-the-login.md
"""


def run(options: Formats) -> None:
    """Print the facts about all formats."""
    described = [describe(name) for name in formats.names()]
    if options.as_json:
        text = json.dumps({"formats": described}, indent=2) + "\n"
    else:
        text = "\n".join([*map(_paragraph, described), _ELSEWHERE])
    streams.write(text.encode())


def describe(name: str) -> Description:
    """Return the facts about a format, by the names of `Format`; a custom domain can replace each of `hosts`."""
    form = formats.load(name)
    used = formats.with_needs([name]).values()
    plain = ("client", "publishes", "needs_repo", "project", "second_index", "without_files")
    overriding = {one: override for override in form.overrides for one in override.names}
    undone = [one for one, override in overriding.items() if override.undo or one in form.variables]
    return {
        "name": name,
        **{key: getattr(form, key) for key in plain},
        "least": ", ".join(f"{client} {version}" for client, version in form.least.items()),
        "hosts": list(dict.fromkeys(endpoint.host for endpoint in form.endpoints)),
        "variables": list(dict.fromkeys(variable for known in used for variable in known.variables)),
        "extends": list(form.extends),
        "options": {option: f"{known.takes}: {known.help}" for option, known in form.every_option.items()},
        "undoes": undone,
        "warns_of": [*(one for one in overriding if one not in undone), *(f"~/{path}" for path in form.user_files)],
        "hides": " ".join(known.hides for known in used if known.hides),
    }


_ROWS = {
    "client": "clients",
    "least": "from version",
    "hosts": "hosts",
    "variables": "variables",
    "options": "options",
    "hides": "overrides",
    "undoes": "undoes",
    "warns_of": "warns of",
    "project": "the project's",
    "second_index": "second index",
    "without_files": "without files",
}


def _paragraph(described: Description) -> str:
    lines = [str(described["name"])]
    for key, title in _ROWS.items():
        value = described[key]
        parts = [f"{option}={text}" for option, text in value.items()] if isinstance(value, dict) else [value]
        for part in parts:
            text = ", ".join(map(str, part)) if isinstance(part, list) else str(part)
            for line in textwrap.wrap(text, _WIDTH - _COLUMN, break_on_hyphens=False):
                lines.append(f"{f'  {title}':{_COLUMN}}{line}")
                title = ""  # noqa: PLW2901 - it stands once
    return "\n".join(lines) + "\n"
