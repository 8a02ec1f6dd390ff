"""The generated part of docs/formats.md: what is known of each format, and what its clients' tests have proven."""

from clients.client import Client, clients
from cloudsmith_oidc import formats
from cloudsmith_oidc.catalogue import describe
from cloudsmith_oidc.formats.base import Endpoint
from proven import proven

COLUMNS = ("reads", "publishes", "several repositories", "custom domains", "parallel logins", "mask")


def known_formats() -> str:
    """Return the table of all clients and a section for each format."""
    sections = [_section(name) for name in formats.names()]
    return f"{_table()}\n\n{_terraform()}\n\n" + "\n\n".join(sections)


def _terraform() -> str:
    """Return what has applied the Terraform of `tests/terraform`."""
    version, _, date = proven().get("terraform-provider", {}).get("applies", "in no version, ").partition(", ")
    text = "The [Terraform](administrator.md#terraform) of `explain` and of [the example](reader-and-publisher.md)"
    return f"{text} was applied by the vendor's provider {version}, on request, {date}."


def _table() -> str:
    """A row for each client. A cell says no more than a test has shown, and the last column where it was run."""
    known, results = clients(), proven()
    last = ("with a second index, takes", "without its files", "from version", "proven")
    titles = ("format", "client", "version run", *COLUMNS, *last)
    rows = [titles, ("---",) * len(titles)]
    for name in formats.names():
        of_format = {client: said for client, said in known.items() if said.format.split(",")[0] == name}
        for client, said in of_format.items():
            rows.append(_row(name, client, said, results.get(client, {})))
        if not of_format:
            least = formats.load(name).least
            rows.append((f"[`{name}`](#{name})", "none", "", *("" for _ in COLUMNS), "", "", least, "not run"))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(name: str, client: str, said: Client, results: dict[str, str]) -> tuple[str, ...]:
    version, _, date = (results.get("reads") or results.get("publishes", ", ")).partition(", ")
    second = "**the higher version**" if "9.9.0" in said.takes else "Cloudsmith's"
    where = "in CI" if said.in_ci else "on request"
    return (
        f"[`{name}`](#{name})",
        client,
        version,
        *("yes" if column in results else "" for column in COLUMNS),
        second if "second index" in results else "",
        _outcome(name, said) if "without files" in results else "",
        formats.load(name).least,
        f"{where}, {date}" if date else "not run",
    )


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
        "Hides": described["hides"],
        "Undoes, if set around the login": _code(described["undoes"]),
        "Warns of, if set around the login": _code(described["warns_of"]),
        "The project's own configuration": described["project"],
        "A second index": described["second_index"],
        "Without the login's files": described["without_files"],
    }
    lines = [f"- *{title}:* {text}" for title, text in rows.items() if text]
    return "\n".join([f"### {name}", "", *lines])


def _url(endpoint: Endpoint) -> str:
    return f"https://{endpoint.host}/{endpoint.path.format(org='WORKSPACE', repo='REPOSITORY')}"


def _code(names: object) -> str:
    assert isinstance(names, list)
    return ", ".join(f"`{name}`" for name in names)
