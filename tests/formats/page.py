"""The generated part of docs/formats.md: what is known of each format, and what its clients' tests have proven."""

from typing import Any

from clients.client import Client, clients
from clients.test_precedence import CASES
from cloudsmith_oidc import formats
from cloudsmith_oidc.catalogue import describe
from cloudsmith_oidc.formats.base import Endpoint
from pages import table
from proven import proven

NOT_TRIED = "not tried"
ELSEWHERE = "asks **another source**"
COLUMNS = ("reads", "publishes", "several repositories", "custom domains", "parallel logins", "mask")


def known_formats() -> str:
    """Return the table of all clients, a section for each format, and the settings that were tried."""
    sections = [_section(name) for name in formats.names()]
    return "\n\n".join([_table(), _terraform(), *sections, _settings()])


def _terraform() -> str:
    """Return what has applied the Terraform of `tests/terraform`."""
    version, _, date = proven().get("terraform-provider", {}).get("applies", "in no version, ").partition(", ")
    text = "The [Terraform](administrator.md#terraform) of `explain` and of [the example](reader-and-publisher.md)"
    return f"{text} was applied by the vendor's provider {version}, on request, {date}."


def _table() -> str:
    """A row for each client. A cell says no more than a test has shown."""
    titles = ("format", "client", "does", "a second index", "without its files", "from version")
    return table(
        titles,
        [
            _row(name, client, said, proven().get(client, {}))
            for name in formats.names()
            for client, said in _clients_of(name).items()
        ],
    )


def _clients_of(name: str) -> dict[str, Client]:
    return {client: said for client, said in clients().items() if said.format.split(",")[0] == name}


def _row(name: str, client: str, said: Client, results: dict[str, str]) -> tuple[str, ...]:
    second = "**takes its higher version**" if "9.9.0" in said.takes else "does not win"
    return (
        f"[`{name}`](#{name})",
        client,
        ", ".join(column for column in ("reads", "publishes") if column in results) or NOT_TRIED,
        second if "second index" in results else NOT_TRIED,
        _outcome(name, said) if "without files" in results else NOT_TRIED,
        _least(name, client).partition(" (")[0],
    )


def _proof(name: str, client: str, said: Client) -> str:
    """What was proven with a client, by which version, where and when."""
    results = proven().get(client, {})
    version, _, date = (results.get("reads") or results.get("publishes", ", ")).partition(", ")
    columns = ", ".join(column for column in COLUMNS if column in results)
    where = "in CI" if said.in_ci else "on request"
    least = _least(name, client)
    reason = f". From version {least}" if "(" in least else ""
    return f"{client} {version} ({where}, {date}): {columns}{reason}" if columns else f"{client}: {NOT_TRIED}"


def _least(name: str, client: str) -> str:
    """The oldest version of a client; `maven3` is one of `maven`."""
    least = formats.load(name).least
    return least.get(client) or least.get(client.rstrip("0123456789")) or "not measured"


def _outcome(name: str, said: Client) -> str:
    """What a client does without the login's files, in bold if it asks somebody else."""
    outcome = (said.without_files or formats.load(name).without_files).partition(":")[0]
    return f"**{outcome}**" if outcome == "public" else outcome


def _section(name: str) -> str:
    described = describe(name)
    options = described["options"]
    assert isinstance(options, dict)
    rows = {
        "For": described["client"],
        "URLs": _code(list(dict.fromkeys(map(_url, formats.load(name).endpoints)))),
        "Sets": _code(described["variables"]),
        "Options": "; ".join(f"`{name}.{option}`: {text}" for option, text in options.items()),
        "Overrides": described["hides"],
        "Undoes, if set around the login": _code(described["undoes"]),
        "Warns of, if it is around the login": _code(described["warns_of"]),
        "The project's own configuration": described["project"],
        "A second index": described["second_index"],
        "Without the login's files": described["without_files"],
        "Proven": ". ".join(_proof(name, client, said) for client, said in _clients_of(name).items()),
    }
    lines = [f"- *{title}:* {text}" for title, text in rows.items() if text]
    return "\n".join([f"### {name}", "", *lines])


def _url(endpoint: Endpoint) -> str:
    return f"https://{endpoint.host}/{endpoint.path.format(org='WORKSPACE', repo='REPOSITORY')}"


def _code(names: object) -> str:
    assert isinstance(names, list)
    return ", ".join(f"`{name}`" for name in names)


def _settings() -> str:
    """The settings of tests/clients/precedence.toml that concern which source a client asks, or whether it may."""
    outcomes = {title: outcome for title, case in CASES.items() if (outcome := _outcome_of(case))}
    silent = [title for title, outcome in outcomes.items() if outcome == ELSEWHERE]
    for case in map(CASES.__getitem__, silent):
        assert "login" in case or not {"job", "home"} & case.keys(), "a setting around the login is not named"
    rows = [(CASES[title]["client"].replace(" ", ", "), title, outcome) for title, outcome in outcomes.items()]
    text = f"Of these {len(rows)} settings, {len(silent)} send a client elsewhere without a line on the console. "
    text += "They are in the project or in the job inside the login, or an option keeps them."
    return f"### Settings that were tried\n\n{text}\n\n{table(('client', 'setting', 'the client'), rows)}"


def _outcome_of(case: dict[str, Any]) -> str:
    """What the client does, as far as the test asserts it; "" if it does not assert which source is asked."""
    outcome = ELSEWHERE if case.get("public") else "fails" if case.get("fails") else "asks Cloudsmith"
    if any(text.startswith("warning") for text in case.get("says", [])):
        return "the console warns" if case.get("script") == "true" else f"{outcome}; the console warns"
    return outcome if {"public", "fails", "says"} & case.keys() else ""
