"""The page of `explain --html`, as a browser reads it, and the chain that it shows."""

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain.evidence import Evidence, Expectations
from cloudsmith_oidc.explain.findings import CODES, LINKS, Finding, finding
from cloudsmith_oidc.explain.html_report import as_html
from cloudsmith_oidc.explain.json_report import as_json
from cloudsmith_oidc.explain.report import Report
from cloudsmith_oidc.explain.text_report import as_text
from cloudsmith_oidc.explain.workspace import Provider, Repository, Service, Workspace
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.issuer_documents import Document
from explain.test_issuers import CIRCLECI_V2, GITHUB, GITLAB, JENKINS
from explain.worlds import JOB, carefully, explain, hosted, requires
from program import Cli
from sandbox import faults

VOID = {"meta"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, *tags: str) -> Iterator["Element"]:
        for child in self.children:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)


class Page(HTMLParser):
    """Reads a page into a tree, and fails if an element is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]
        self.feed(text)
        self.close()
        assert self.open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def states(self) -> list[str | None]:
        return [link.attributes["class"] for link in self.root.all("li")]


ACCOUNT = ServiceAccount("https://api.cloudsmith.io", "acme", "ci-reader")
TOKEN = IdToken("e30.e30.", {"alg": "RS256", "kid": "oidc-token-cred"}, JENKINS)
ISSUER = "https://jenkins.example.com/oidc"
REQUIRED = {"sub": "https://jenkins.example.com/job/app/", "iss": "https://*", "aud": "a", "branch": "main"}
KEYS = Document("https://jenkins.example.com/oidc/jwks", 200, {"keys": []})


def report(*codes: str, **evidence: Any) -> Report:
    healthy: dict[str, Any] = {"token": TOKEN, "jwks": KEYS}
    found = tuple(finding(code, "this", "that") for code in codes)
    return Report(Evidence(ACCOUNT, **healthy | evidence), found)


def side(url: str = ISSUER, claims: dict[str, Any] = REQUIRED, **fields: Any) -> Workspace:
    """What an API key showed: one provider, the service account, and one repository."""
    everything: dict[str, Any] = {
        "providers": (Provider("Jenkins", "jenkins", url, True, claims, (ACCOUNT.slug,), ""),),
        "services": (Service(ACCOUNT.slug, "CI", "Member", frozenset()),),
        "repositories": (Repository("prod", "Read", ()),),
    }
    return Workspace(**everything | fields)


NO_ISSUER = IdToken("e30.e30.", {}, {})
CHAINS: dict[str, tuple[Report, str]] = {
    "all is well": (report(granted=True), "ok ok ok ok unchecked"),
    "the exchange was left out": (report(), "ok ok unchecked unchecked unchecked"),
    "no documents": (report(jwks=None), "ok unchecked unchecked unchecked unchecked"),
    "no token": (report("token-missing", token=None, jwks=None), "broken unchecked unchecked unchecked unchecked"),
    "an old token": (report("token-expired"), "broken ok unchecked unchecked unchecked"),
    "an old key": (report("signature-invalid", "exchange-refused"), "ok broken unchecked unchecked unchecked"),
    "an unexplained refusal": (report("exchange-refused"), "ok ok broken unchecked unchecked"),
    "a token for another": (report("service-mismatch"), "ok ok unchecked broken unchecked"),
    "two causes": (report("subject-missing", "exchange-throttled"), "broken ok broken unchecked unchecked"),
    "a warning": (report("clock-skew", granted=True), "doubt ok ok ok unchecked"),
    "a remark": (report("audience-is-list", granted=True), "ok ok ok ok unchecked"),
    "both sides": (report(workspace=side()), "ok ok ok ok ok"),
    "no repository": (report(workspace=side(repositories=())), "ok ok ok ok unchecked"),
    "a useless key": (report("api-key-refused", workspace=Workspace()), "ok ok doubt unchecked unchecked"),
    "providers only": (report("cloudsmith-unread", workspace=side(services=None)), "ok ok doubt unchecked unchecked"),
    "a required claim": (report("provider-claim-mismatch", workspace=side()), "ok ok broken ok ok"),
    "nobody of this name": (report("service-unknown", workspace=side(services=())), "ok ok ok broken unchecked"),
    "no privilege": (report("repository-forbidden", granted=True, workspace=side()), "ok ok ok ok broken"),
    "no issuer": (
        report("issuer-missing", token=NO_ISSUER, jwks=None, workspace=side()),
        "broken unchecked unchecked ok ok",
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_chain_shows_where_it_breaks(name: str) -> None:
    what, states = CHAINS[name]

    page = Page(as_html(what))

    assert page.states == states.split()
    (headline,) = page.root.all("h1")
    links = [next(link.all("h2")).text for link in page.root.all("li")]
    broken = [link for link, state in zip(links, page.states, strict=True) if state == "broken"]
    assert (not broken and "breaks" not in headline.text) or headline.text.endswith(broken[0])
    chain = json.loads(as_json(what))["chain"]
    assert [link["link"] for link in chain] == list(LINKS)
    text = " ".join(as_text(what).split())
    assert " -> ".join(f"{link['name']}: {link['state']}" for link in chain) in text


@pytest.mark.parametrize("code", CODES)
def test_every_finding_marks_its_link(code: str) -> None:
    what = report(code)

    (stage,) = (one for one in what.chain if one.link == CODES[code].link)

    assert stage.state == {"error": "BROKEN", "warning": "doubt", "info": "not checked"}[CODES[code].severity]
    assert code in Page(as_html(what)).root.text


NEEDS: dict[str, tuple[Report, str, bool]] = {
    "no key": (report("exchange-refused"), "Service account, Repository. With an API key", True),
    "no service accounts": (report(workspace=side(services=None)), "Service account, Repository. What the API", False),
    "no --repo": (report(workspace=side(repositories=())), "Repository. With --repo", False),
}


@pytest.mark.parametrize("name", NEEDS)
def test_unchecked_links_say_what_they_need(name: str) -> None:
    what, says, asks_for_key = NEEDS[name]
    if name == "no service accounts":
        what = report(workspace=what.evidence.workspace, expectations=Expectations(repositories=("prod",)))

    for text in (Page(as_html(what)).root.text, " ".join(as_text(what).split())):
        assert f"Not checked: {says}" in text
        assert ("CLOUDSMITH_API_KEY" in text) == asks_for_key


def required(page: Page) -> list[list[str]]:
    """The rows of the table of what Cloudsmith requires."""
    (table,) = (one for one in page.root.all("table") if "requires" in next(one.all("caption")).text)
    return [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")][1:]


def test_required_claims_are_next_to_the_tokens() -> None:
    assert required(Page(as_html(report(workspace=side())))) == [
        ["sub", JENKINS["sub"], JENKINS["sub"], "matches"],
        ["iss", "https://*", JENKINS["iss"], "matches, if Cloudsmith accepts this spelling of the wildcard"],
        ["aud", "a", '["a"]', "matches, if Cloudsmith matches lists"],
        ["branch", "main", "MISSING", "does not match"],
    ]


def test_page_breaks_at_a_required_claim(cli: Cli, tmp_path: Path) -> None:
    carefully(cli.sandbox)
    other = JOB.replace("main", "dev")
    requires(sub=other)(cli.sandbox)
    file = tmp_path / "report.html"

    result = explain(cli, "--html", str(file), key=cli.sandbox.api_key())

    page = Page(file.read_text())
    assert result.stdout.startswith(b"Likely cause: provider-claim-mismatch")
    assert page.states == ["ok", "ok", "broken", "ok", "ok"]
    assert next(page.root.all("h1")).text == "It breaks at: Cloudsmith provider"
    assert required(page) == [["sub", other, JOB, "does not match"]]


PAGES = {name: what for name, (what, _) in CHAINS.items()} | {
    claims["iss"]: report(token=IdToken("e30.e30.", {}, claims)) for claims in (CIRCLECI_V2, GITHUB, GITLAB)
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_well_structured_and_refers_to_nothing_outside(name: str) -> None:
    page = Page(as_html(PAGES[name]))

    (html,) = page.root.all("html")
    levels = [int(heading.tag[1]) for heading in html.all("h1", "h2", "h3")]
    assert html.attributes["lang"] == "en"
    assert levels.count(1) == levels[0] == 1
    assert all(lower <= upper + 1 for upper, lower in pairwise(levels))
    assert next(html.all("title")).text
    for table in html.all("table"):
        assert [child.tag for child in table.children if isinstance(child, Element)] == ["caption", "thead", "tbody"]
        assert all(cell.attributes.get("scope") in {"col", "row"} for cell in table.all("th"))
    assert not [inner.tag for paragraph in html.all("p") for inner in paragraph.all("p", "div", "table")]
    allowed = {"lang", "charset", "name", "content", "http-equiv", "class", "scope", "data-label"}
    assert {name for one in page.root.all() for name in one.attributes} <= allowed | {"aria-label", "aria-hidden"}
    assert not {one.tag for one in page.root.all()} & {"script", "link", "img", "iframe", "a", "form", "object", "base"}
    (style,) = page.root.all("style")
    assert not re.search(r"url\(|@import|expression", style.text)
    (policy,) = (one for one in page.root.all("meta") if "http-equiv" in one.attributes)
    assert policy.attributes["content"] == "default-src 'none'; style-src 'unsafe-inline'"


HOSTILE = "</code></style></pre>\"'><script>alert(1)</script><img src=x onerror=y>&lt;&#0;<!--"


def test_untrusted_values_stay_text() -> None:
    what = Report(
        Evidence(
            ServiceAccount("", HOSTILE, HOSTILE),
            IdToken("e30.e30.", {"kid": HOSTILE, "alg": HOSTILE}, dict.fromkeys(("iss", "sub", "aud"), HOSTILE)),
            workspace=side(HOSTILE, {HOSTILE: HOSTILE, "sub": HOSTILE}),
        ),
        (Finding("signature-invalid", "error", HOSTILE, HOSTILE, HOSTILE),),
    )

    page = Page(as_html(what))

    assert {one.tag for one in page.root.all()} == {
        one.tag for one in Page(as_html(PAGES["a required claim"])).root.all()
    }
    assert page.root.text.count(HOSTILE) >= 12


@pytest.mark.parametrize("name", ["granted", "refused", "broken"])
def test_no_page_holds_a_token(cli: Cli, tmp_path: Path, name: str) -> None:
    if name == "refused":
        cli.sandbox.faults.always("exchange", faults.status(401, cli.sandbox.mint()))
    elif name == "broken":
        hosted(cli.sandbox).rotate()
    token = cli.sandbox.mint(sub=f"https://jenkins.example.com/job/{cli.sandbox.mint()}/")

    result = explain(cli, "--html", str(tmp_path / "report.html"), token=token)

    shown = (tmp_path / "report.html").read_text() + result.stdout.decode() + result.stderr
    for secret in [token, *cli.sandbox.cloudsmith.issued]:
        assert not [part for part in secret.split(".") if part in shown]
    assert "eyJ" not in shown


def test_page_is_written_next_to_the_text(cli: Cli, tmp_path: Path) -> None:
    hosted(cli.sandbox).rotate()
    file = tmp_path / "report.html"
    file.write_text("old")

    result = explain(cli, "--html", str(file))

    assert result.code == 4
    assert result.stdout.startswith(b"Likely cause: signature-invalid")
    assert Page(file.read_text()).states == ["ok", "broken", *["unchecked"] * 3]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_wrong_settings_also_give_a_page(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "report.html"

    assert explain(cli, "--html", str(file), token="", CLOUDSMITH_ORG="<b>").code == 2

    assert Page(file.read_text()).states == ["broken", "unchecked", "broken", *["unchecked"] * 2]


def test_link_at_the_pages_place_is_replaced_and_not_followed(cli: Cli, tmp_path: Path) -> None:
    other, file = tmp_path / "other", tmp_path / "report.html"
    other.write_text("precious")
    file.symlink_to(other)

    assert explain(cli, "--no-exchange", "--html", str(file)).code == 0

    assert other.read_text() == "precious"
    assert not file.is_symlink()


IN_THE_WAY: dict[str, Callable[[Path], object]] = {
    "no folder": lambda path: path.parent.rmdir(),
    "a folder": lambda path: path.mkdir(),
    "a FIFO": os.mkfifo,
    "a link on the way": lambda path: (
        path.parent.rename(path.parents[1] / "real").parent.joinpath("reports").symlink_to("real")
    ),
}


@pytest.mark.parametrize("name", IN_THE_WAY)
def test_page_that_cannot_be_written_is_an_error_after_the_report(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "reports" / "report.html"
    file.parent.mkdir()
    IN_THE_WAY[name](file)
    before = sorted(tmp_path.rglob("*"))

    result = explain(cli, "--html", "reports/report.html")

    assert result.code == 8
    assert str(file) in result.last_line
    assert result.stdout.startswith(b"Cloudsmith granted")
    assert sorted(tmp_path.rglob("*")) == before
    assert not file.is_file()


LONG = "x" * 150
WIDE: dict[str, dict[str, Any]] = {
    "Jenkins": {"iss": f"https://{LONG}.com/oidc", "sub": f"https://j.com/job/{LONG}/job/a/", "aud": LONG},
    "CircleCI": CIRCLECI_V2 | {"sub": LONG, "oidc.circleci.com/vcs-ref": LONG},
    "GitHub": GITHUB | {"repository": LONG},
    "GitLab": GITLAB | {"project_path": LONG},
}


@pytest.mark.parametrize("name", WIDE)
def test_only_values_to_copy_are_wider_than_100_columns(name: str) -> None:
    lines = as_text(report(*CODES, token=IdToken("e30.e30.", {"kid": "k"}, WIDE[name]))).splitlines()

    assert max(map(len, lines)) > 100
    assert [line for line in lines if len(line) > 100 and LONG not in line] == []
