"""A finished diagnosis as a web page: one file without a script, for a browser, a phone, and one sheet of paper.

It is built as a tree, so that whatever a token or an issuer says stays text.
"""

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree as ET

from cloudsmith_oidc.errors import WriteError
from cloudsmith_oidc.explain.chain import Stage
from cloudsmith_oidc.explain.findings import CODES, Finding
from cloudsmith_oidc.explain.provider import WILDCARDS, Provider
from cloudsmith_oidc.explain.report import Report
from cloudsmith_oidc.explain.text import instant, shown

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_SIGNS = {"ok": "✓", "BROKEN": "✕", "doubt": "!", "not checked": "?"}
_CLASSES = {"ok": "ok", "BROKEN": "broken", "doubt": "doubt", "not checked": "unchecked"}
_VERDICTS = {True: ("fits", "ok"), False: ("does not fit", "broken"), None: ("not known", "unchecked")}
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --card: #f6f8fa; --line: #d0d7de; --ink: #1f2328; --faint: #57606a;
  --ok: #116329; --doubt: #7d4e00; --broken: #b3191f; --on-broken: #fff; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --card: #161b22; --line: #3d444d; --ink: #e6edf3;
  --faint: #9aa4af; --ok: #56d364; --doubt: #e3b341; --broken: #ff7b72; --on-broken: #0d1117; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.2; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.1rem; }
h3 { margin: 0; font-size: 1rem; }
p { margin: .25rem 0; }
code, pre { font: .85em/1.4 ui-monospace, monospace; }
td span { font-weight: 700; }
pre { margin: 0; padding: .6rem; background: var(--card); border: 1px solid var(--line); white-space: pre-wrap; }
.faint, caption { color: var(--faint); }
.broken { color: var(--broken); } .doubt { color: var(--doubt); } .ok { color: var(--ok); }
.unchecked { color: var(--faint); }
ol { display: flex; gap: 1.4rem; margin: 1rem 0; padding: 0; list-style: none; }
ol li { position: relative; flex: 1 1 0; min-width: 0; padding: .6rem; background: var(--card); font-size: .85rem;
  border: 2px solid var(--line); border-radius: .4rem; }
ol li + li::before { content: "→"; position: absolute; left: -1.35rem; top: 1rem; width: 1.2rem; text-align: center;
  color: var(--faint); }
ol li.ok { border-color: var(--ok); } ol li.doubt { border-color: var(--doubt); }
ol li.unchecked { border-style: dashed; }
ol li.broken { background: var(--broken); border-color: var(--broken); }
ol li.broken, ol li.broken * { color: var(--on-broken); }
li .sign { display: block; font-size: 1.5rem; font-weight: 700; line-height: 1.1; }
li .state { font-weight: 700; }
.cause { margin: .6rem 0; padding: .1rem 0 .1rem .8rem; border-left: .3rem solid; }
.cause > * { color: var(--ink); } .cause h3 { color: inherit; }
dl { display: grid; grid-template-columns: 8.5rem 1fr; gap: .15rem .5rem; margin: .25rem 0; }
dt { color: var(--faint); } dd { margin: 0; } .cause dd:last-child { font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
caption { padding-bottom: .3rem; text-align: left; }
th, td { padding: .3rem .5rem .3rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
tbody th { width: 24%; font-weight: 600; } td:nth-child(2) { width: 40%; }
.others td:nth-child(2) { width: 30%; }
.blocks { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0 1rem; }
.blocks > * { min-width: 0; }
@media (max-width: 40rem) {
  body { padding: .8rem; }
  ol { flex-direction: column; gap: 1.1rem; }
  ol li { padding-left: 2.6rem; }
  ol li + li::before { content: "↓"; left: .7rem; top: -1.25rem; }
  li .sign { position: absolute; left: .8rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .3rem; }
  thead { display: none; } tr { display: block; padding: .3rem 0; border-top: 1px solid var(--line); }
  tbody th, td, td:nth-child(2), .others td:nth-child(2) { display: block; width: auto; padding: 0; border: 0; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--faint); }
}
@page { size: A4; margin: 8mm; }
@media print {
  :root { --paper: #fff; --card: #f6f8fa; --line: #d0d7de; --ink: #000; --faint: #444; --ok: #116329;
    --doubt: #7d4e00; --broken: #b3191f; --on-broken: #fff; }
  html { font-size: 7.2pt; }
  body { padding: 0; max-width: none; line-height: 1.2; }
  h2 { margin: .6rem 0 .2rem; } ol { margin: .5rem 0; } p, dl { margin: .1rem 0; }
  th, td { padding-top: 0; padding-bottom: 0; } tbody th { width: 21%; } td:nth-child(2) { width: 46%; }
  .others td:nth-child(2) { width: 30%; } pre { padding: .3rem; line-height: 1.2; }
  tr td div { line-height: 1.15; } * { print-color-adjust: exact; } .cause, tr, li { break-inside: avoid; }
}
"""


def as_html(report: Report) -> str:
    """Write the report as one HTML document that refers to nothing outside it."""
    title = _headline(report)
    head = _element(
        "head",
        _element("meta", charset="utf-8"),
        _element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _element("meta", {"http-equiv": "Content-Security-Policy"}, content=_POLICY),
        _element("title", f"{title} (login to Cloudsmith)"),
        _element("style", _STYLE),
    )
    body = _element("body", _element("main", *_sections(report, title)))
    return "<!DOCTYPE html>\n" + ET.tostring(_element("html", head, body, lang="en"), "unicode", method="html") + "\n"


def write(path: Path, page: str) -> None:
    """Replace the file `path` in one step, following no symbolic link there. Raises `WriteError`."""
    unfinished = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with unfinished.open("x", encoding="utf-8") as file:
            # It holds no secret, and who archives it may be another user: Jenkins' agent beside a container, for one.
            os.fchmod(file.fileno(), 0o644)
            file.write(page)
        unfinished.replace(path)
    except OSError as error:
        raise WriteError(
            f"{path} cannot be written ({error.strerror})",
            hint="Give a file in a directory that this user can write to",
        ) from None
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _headline(report: Report) -> str:
    if report.cause is not None:
        broken = next(stage for stage in report.chain if stage.link == CODES[report.cause.code].link)
        return f"It breaks at: {broken.name}"
    return "The login works" if report.evidence.granted else "Nothing wrong was found"


def _sections(report: Report, title: str) -> Iterator[ET.Element]:
    account = report.evidence.account
    what = f"Login to Cloudsmith: workspace {shown(account.org)}, service account {shown(account.slug)}, "
    yield _element(
        "header",
        _element("p", what + instant(report.evidence.now), {"class": "faint"}),
        _element("h1", title, {"class": "broken" if report.cause else "ok"}),
        _element("p", report.summary),
    )
    yield _element("ol", *map(_stage, report.chain), {"aria-label": "The way of a login"})
    yield from _unchecked(report.chain)
    if report.cause is not None:
        yield _section("The likely cause", _cause(report.cause))
    if report.rows:
        yield _section("What Cloudsmith requires", _required(report))
    others = [finding for finding in report.findings if finding is not report.cause]
    if others:
        yield _section("Also found" if report.cause else "What was found", _others(others))
    if report.claims:
        yield _section("What the ID token says", _claims(report))
    yield from _entry(report.provider, report.issuer.setup_title)
    if report.claims:
        yield _element("footer", _element("p", report.note, {"class": "faint"}))


def _stage(stage: Stage) -> ET.Element:
    return _element(
        "li",
        _element("span", _SIGNS[stage.state], {"class": "sign", "aria-hidden": "true"}),
        _element("h3", stage.name),
        *([_element("p", _element("code", stage.which))] if stage.which else []),
        _element("p", stage.state, {"class": "state"}),
        *(_element("p", finding.code) for finding in stage.findings),
        {"class": _CLASSES[stage.state]},
    )


def _unchecked(stages: Iterable[Stage]) -> Iterator[ET.Element]:
    unchecked = [stage for stage in stages if stage.state == "not checked"]
    for looked_at in dict.fromkeys(stage.looked_at for stage in unchecked):
        names = ", ".join(stage.name for stage in unchecked if stage.looked_at == looked_at)
        yield _element("p", f"Not checked: {names}. {looked_at}.", {"class": "faint"})


def _cause(cause: Finding) -> ET.Element:
    return _element(
        "div",
        _element("h3", cause.code),
        _element("p", *_prose(CODES[cause.code].meaning)),
        _pairs([("found", cause.found), ("expected", cause.expected), ("to do", cause.hint)]),
        {"class": "cause broken"},
    )


def _others(findings: Iterable[Finding]) -> ET.Element:
    kinds = {"error": "broken", "warning": "doubt", "info": "unchecked"}
    table = _table(
        "The likeliest first. After another error, a refused exchange is its consequence.",
        ("finding", "found", "to do"),
        (
            (
                _element("span", f"{finding.severity}: {finding.code}", {"class": kinds[finding.severity]}),
                finding.found,
                finding.hint,
            )
            for finding in findings
        ),
    )
    table.set("class", "others")
    return table


def _prose(text: str) -> Iterator[ET.Element | str]:
    """Split at the backquotes, between which there is code."""
    for place, part in enumerate(text.split("`")):
        yield _element("code", part) if place % 2 else part


def _required(report: Report) -> ET.Element:
    return _table(
        "The claims that the provider in Cloudsmith requires, and what this token has",
        ("claim", "Cloudsmith requires", "the token has", "verdict"),
        (
            (row.name, _element("code", row.required), _element("code", row.found), _verdict(fits=row.fits))
            for row in report.rows
        ),
    )


def _verdict(*, fits: bool | None) -> ET.Element:
    text, kind = _VERDICTS[fits]
    return _element("span", text, {"class": kind})


def _claims(report: Report) -> ET.Element:
    meanings = {
        "kid": "the key that signed it",
        "alg": "the algorithm of the signature",
        "iat": "issued at",
        "exp": "valid until",
        "clock": "what this machine's clock says",
    } | dict(report.issuer.claims)
    return _table(
        f"Claims and header of a token of {report.issuer.name}, unverified",
        ("claim", "value", "meaning"),
        ((name, _element("code", value), meanings[name]) for name, value in report.claims.items()),
    )


def _entry(provider: Provider, setup_title: str) -> Iterator[ET.Element]:
    form = {"provider URL": provider.url, "service account": provider.service}
    if provider.choices:
        yield _section(
            "What to enter in Cloudsmith",
            _pairs((name, _element("code", shown(value))) for name, value in form.items() if value),
            _table(
                "Required claims: one of these choices, from the narrowest to the widest",
                ("scope", "required claims", "lets in"),
                ((choice.scope, _equations(choice.claims), choice.lets_in) for choice in provider.choices),
            ),
            *([_element("p", WILDCARDS, {"class": "faint"})] if provider.has_wildcards else []),
        )
    blocks = {"The first choice as Terraform": provider.terraform, setup_title: provider.setup}
    texts = {title: text.rstrip("\n") for title, text in blocks.items() if text}
    if texts:
        sections = (_section(title, _element("pre", text)) for title, text in texts.items())
        yield _element("div", *sections, {"class": "blocks"})


def _equations(claims: Mapping[str, str]) -> ET.Element:
    lines = (_element("div", _element("code", f"{name} = {shown(value)}")) for name, value in claims.items())
    return _element("div", *lines)


def _section(title: str, *content: ET.Element) -> ET.Element:
    return _element("section", _element("h2", title), *content)


def _pairs(pairs: Iterable[tuple[str, ET.Element | str]]) -> ET.Element:
    return _element("dl", *(one for name, text in pairs for one in (_element("dt", name), _element("dd", text))))


def _table(caption: str, columns: tuple[str, ...], rows: Iterable[tuple[ET.Element | str, ...]]) -> ET.Element:
    body = (
        _element(
            "tr",
            _element("th", row[0], scope="row"),
            *(_element("td", cell, {"data-label": label}) for label, cell in zip(columns[1:], row[1:], strict=True)),
        )
        for row in rows
    )
    heads = (_element("th", column, scope="col") for column in columns)
    return _element(
        "table",
        _element("caption", caption),
        _element("thead", _element("tr", *heads)),
        _element("tbody", *body),
    )


def _element(tag: str, *content: ET.Element | str | dict[str, str], **attributes: str) -> ET.Element:
    """Make an element of texts and elements. Attributes whose names Python cannot spell come in a dictionary."""
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
