"""Writes the generated parts of docs/troubleshooting.md: `cd tests && ../.venv/bin/python -m explain.tables`."""

from cloudsmith_oidc import errors
from cloudsmith_oidc.errors import CloudsmithOidcError, ExchangeRefusedError
from cloudsmith_oidc.explain.findings import CODES, Code
from pages import DOCS, table, with_part

PAGE = DOCS / "troubleshooting.md"


def exit_codes() -> str:
    """The exit codes as a table: what they mean, and the findings that end with them."""
    kinds: dict[int, list[type[CloudsmithOidcError]]] = {}
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, CloudsmithOidcError) and "exit_code" in vars(kind):
            kinds.setdefault(kind.exit_code, []).append(kind)
    rows = [("0", "Everything went well.", ""), ("1", "A bug in cloudsmith-oidc. Report the last line.", "")]
    for number, classes in sorted(kinds.items()):
        meaning = " ".join(_sentence(kind) for kind in classes)
        names = ", ".join(
            f"[`{name}`](#{name})"
            for name, code in CODES.items()
            if _can_be_the_cause(code) and code.error.exit_code == number
        )
        rows.append((str(number), meaning, names))
    return table(("code", "meaning", "findings"), rows)


def findings() -> str:
    """Every finding under a heading of its own, so that a link can point to it."""
    return "\n\n".join(_section(name, code) for name, code in CODES.items())


PARTS = {"exit codes": exit_codes, "findings": findings}


def with_parts(page: str) -> str:
    """The page with its generated parts written anew."""
    for name, part in PARTS.items():
        page = with_part(page, f"{name}: written by tests/explain/tables.py", part())
    return page


def _section(name: str, code: Code) -> str:
    severity = code.severity.capitalize() + "; as an error" * (code.severity == "warning" and _can_be_the_cause(code))
    ends = f"{severity}, exit code {code.error.exit_code}" if _can_be_the_cause(code) else severity
    return f"### {name}\n\n*{ends}.* {code.meaning}\n\n**To do:** {code.action}."


def _can_be_the_cause(code: Code) -> bool:
    """A warning that can be more has an error of its own, as `clock-skew` has."""
    return code.severity == "error" or code.error is not ExchangeRefusedError


def _sentence(kind: type[CloudsmithOidcError]) -> str:
    return (kind.__doc__ or "").splitlines()[0]


if __name__ == "__main__":
    PAGE.write_text(with_parts(PAGE.read_text()))
