"""A report as text of 100 columns. Only values to be copied are longer: claims, addresses, Terraform."""

import textwrap
from collections.abc import Iterator

from cloudsmith_oidc.explain.findings import Finding
from cloudsmith_oidc.explain.layout import Block, Listing, Pairs, Table, Verdict, sections
from cloudsmith_oidc.explain.report import Report

_WIDTH = 100
_UNBROKEN = "\N{NO-BREAK SPACE}"


def as_text(report: Report) -> str:
    """Return the report as text."""
    parts = []
    for title, blocks in sections(report):
        texts = ["\n".join(_block(block, "  " if title else "")) for block in blocks]
        joined = ("\n\n" if isinstance(blocks[0], Finding) else "\n").join(texts)
        parts.append(f"{title}:\n{joined}" if title else joined)
    return "\n\n".join(parts) + "\n"


def _block(block: Block, indent: str) -> Iterator[str]:
    match block:
        case str():
            yield from _wrapped(block, indent)
        case Finding():
            yield f"{block.severity}: {block.code}"
            yield from _pairs({"found:": block.found, "expected:": block.expected, "to do:": block.hint}, "  ")
        case Listing():
            yield from (f"{indent}{line}".rstrip() for line in block.text.splitlines())
        case Table():
            yield f"{indent}{block.caption}:"
            if block.is_glossary:
                yield from _pairs({name: cells[0] for name, cells in block.rows}, indent)
                return
            for name, cells in block.rows:
                yield f"{indent}  {name}"
                yield from _pairs(dict(zip(block.columns[1:], cells, strict=True)), f"{indent}    ")
        case tuple():
            # The name of a link and its state stay on one line.
            links = (f"{stage.name}: {stage.state}".replace(" ", _UNBROKEN) for stage in block)
            yield from (line.replace(_UNBROKEN, " ") for line in _wrapped(" -> ".join(links)))
        case _:
            yield from _pairs(block, indent)


def _pairs(pairs: Pairs, indent: str) -> Iterator[str]:
    width = max(map(len, pairs), default=0)
    for name, cell in pairs.items():
        label = f"{indent}{name:<{width}}  "
        match cell:
            case str():
                yield from _wrapped(cell, label)
            case Verdict():
                yield from _wrapped(cell.text, label)
            case _:
                yield from (f"{' ' * len(label) if place else label}{line}" for place, line in enumerate(cell))


def _wrapped(text: str, label: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )
