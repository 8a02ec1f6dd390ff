"""A report as a web page: one file without a script, for a browser, a phone, and one sheet of paper.

It is built as a tree, so that whatever a token or an issuer says stays text. Jenkins shows archived pages without their
style sheet, which its Content-Security-Policy forbids. So colours and lines are also given as old attributes of HTML.
The style sheet overrides these.
"""

from collections.abc import Iterable
from importlib.resources import files
from xml.etree import ElementTree as ET

from cloudsmith_oidc.explain.findings import Finding
from cloudsmith_oidc.explain.layout import Block, Cell, Listing, Pairs, Table, Verdict, sections
from cloudsmith_oidc.explain.report import Report, Stage
from cloudsmith_oidc.explain.shown import instant, shown

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_SIGNS = {"ok": "✓", "BROKEN": "✕", "doubt": "!", "not checked": "?"}
_CLASSES = {"ok": "ok", "BROKEN": "broken", "doubt": "doubt", "not checked": "unchecked"}
_SEVERITIES = {"error": "broken", "warning": "doubt", "info": "unchecked"}
_VERDICTS = {True: "ok", False: "broken", None: "unchecked"}
_COLOURS = {"ok": "#116329", "broken": "#b3191f", "doubt": "#7d4e00", "unchecked": "#57606a"}
_BACKGROUNDS = {"ok": "#dafbe1", "broken": "#ffebe9", "doubt": "#fff8c5", "unchecked": "#f6f8fa"}
_WITHOUT_STYLE = {
    "body": {"bgcolor": "#ffffff", "text": "#1f2328"},
    "table": {"width": "100%", "cellpadding": "5"},
    "th": {"align": "left", "valign": "top"},
    "td": {"valign": "top"},
    "pre": {"wrap": "wrap"},
}


def as_html(report: Report) -> str:
    """Return the report as one HTML document that refers to nothing outside it."""
    style = files("cloudsmith_oidc.explain").joinpath("report.css").read_text(encoding="utf-8")
    account = report.evidence.account
    what = f"Login to Cloudsmith: workspace {shown(account.org)}, service account {shown(account.slug)}, "
    head = _element(
        "head",
        _element("meta", charset="utf-8"),
        _element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _element("meta", {"http-equiv": "Content-Security-Policy"}, content=_POLICY),
        _element("title", f"{report.headline} (login to Cloudsmith)"),
        _element("style", style),
    )
    verdict = "doubt" if report.unexpected else "broken" if report.cause else "ok"
    header = _element(
        "header",
        _element("p", what + instant(report.evidence.now), {"class": "faint"}),
        _element("h1", _coloured(verdict, report.headline)),
    )
    content = (
        _element("section", *([_element("h2", title)] if title else []), *map(_block, blocks))
        for title, blocks in sections(report)
    )
    body = _element("body", _element("font", _element("main", header, *content), face="sans-serif"))
    for element in body.iter():
        element.attrib = {**_WITHOUT_STYLE.get(element.tag, {}), **element.attrib}
    return "<!DOCTYPE html>\n" + ET.tostring(_element("html", head, body, lang="en"), "unicode", method="html") + "\n"


def _block(block: Block) -> ET.Element:
    match block:
        case str():
            return _element("p", block)
        case Finding():
            return _element(
                "div",
                _element("h3", _coloured(_SEVERITIES[block.severity], f"{block.severity}: {block.code}")),
                _pairs({"found": block.found, "expected": block.expected, "to do": block.hint}),
                {"class": f"finding {_SEVERITIES[block.severity]}"},
            )
        case Listing():
            return _element("pre", block.text.rstrip("\n"))
        case Table():
            return _element(
                "table",
                {"rules": "rows", "frame": "hsides", "bordercolor": "#d0d7de"},
                _element("caption", block.caption),
                _element("thead", _element("tr", *(_element("th", one, scope="col") for one in block.columns))),
                _element("tbody", *(_row(block.columns[1:], name, cells) for name, cells in block.rows)),
            )
        case tuple():
            stages = _element("tr", *map(_stage, block), {"aria-label": "The chain of a login"}, role="list")
            return _element("table", stages, {"class": "chain"}, role="presentation", cellspacing="8")
        case _:
            return _pairs(block)


def _stage(stage: Stage) -> ET.Element:
    kind = _CLASSES[stage.state]
    return _element(
        "td",
        _element("b", _coloured(kind, _SIGNS[stage.state]), {"class": "sign", "aria-hidden": "true"}),
        _element("p", _element("b", stage.name)),
        *([_element("p", _element("code", stage.which))] if stage.which else []),
        _element("p", _element("b", _coloured(kind, stage.state))),
        *(_element("p", finding.code) for finding in stage.findings),
        {"class": kind},
        role="listitem",
        bgcolor=_BACKGROUNDS[kind],
        width="20%",
    )


def _coloured(kind: str, text: str) -> ET.Element:
    return _element("font", text, {"class": kind}, color=_COLOURS[kind])


def _pairs(pairs: Pairs) -> ET.Element:
    return _element("dl", *(part for name, cell in pairs.items() for part in (_element("dt", name), _cell("dd", cell))))


def _row(labels: Iterable[str], name: str, cells: Iterable[Cell]) -> ET.Element:
    labelled = (_cell("td", cell, {"data-label": label}) for label, cell in zip(labels, cells, strict=True))
    return _element("tr", _element("th", name, scope="row"), *labelled)


def _cell(tag: str, cell: Cell, *attributes: dict[str, str]) -> ET.Element:
    match cell:
        case str():
            return _element(tag, cell, *attributes)
        case Verdict():
            return _element(tag, _element("b", _coloured(_VERDICTS[cell.fits], cell.text)), *attributes)
        case _:
            return _element(tag, *(_element("div", _element("code", line)) for line in cell), *attributes)


def _element(tag: str, *content: ET.Element | str | dict[str, str], **attributes: str) -> ET.Element:
    """Return an element of texts and elements. Attributes whose names Python cannot spell come in a dictionary."""
    element = ET.Element(tag, attributes)
    for part in content:
        if isinstance(part, dict):
            element.attrib.update(part)
        elif isinstance(part, ET.Element):
            element.append(part)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + part
        else:
            element.text = (element.text or "") + part
    return element
