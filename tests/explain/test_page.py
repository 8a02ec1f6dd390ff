"""The page of `explain --html`, as a browser reads it, and the chain that it shows."""

import json
import os
import re
import stat
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest

from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain.evidence import Evidence, Expectations
from cloudsmith_oidc.explain.findings import CODES, Finding, Link, finding
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


def read(html: str) -> ET.Element:
    """Read a page, which is XML but for its first line and its `meta` elements."""
    return ET.fromstring(re.sub(r"(<meta [^>]*)>", r"\1/>", html.removeprefix("<!DOCTYPE html>\n")))


def text(element: ET.Element | None) -> str:
    assert element is not None
    return "".join(element.itertext())


def states(page: ET.Element) -> list[str | None]:
    return [link.get("class") for link in links(page)]


def links(page: ET.Element) -> list[ET.Element]:
    return [cell for cell in page.iter("td") if cell.get("role") == "listitem"]


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
        "repositories": (Repository("prod", "Read", "None"),),
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
    "not as expected": (report("claim-mismatch", granted=True), "ok ok doubt ok unchecked"),
    "not as expected, and refused": (report("claim-mismatch"), "ok ok broken unchecked unchecked"),
    "an unexpected claim, and no privilege": (
        report("claim-mismatch", "repository-forbidden", granted=True, workspace=side()),
        "ok ok doubt ok broken",
    ),
    "a remark": (report("audience-is-list", granted=True), "ok ok ok ok unchecked"),
    "both sides": (report(workspace=side()), "ok ok ok ok ok"),
    "uploaded keys and a domain": (
        report(
            jwks=None,
            workspace=side(
                providers=(Provider("a", "a", ISSUER, True, {}, (ACCOUNT.slug,), "", jwks={"keys": []}),),
                domains=(("docker", "https://docker.acme.com"),),
            ),
            expectations=Expectations(labels=frozenset({"docker"})),
        ),
        "ok ok ok ok ok",
    ),
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
    what, expected = CHAINS[name]

    page = read(as_html(what))

    assert states(page) == expected.split()
    headline = text(page.find(".//h1"))
    broken = [text(link.find("p/b")) for link in links(page) if link.get("class") == "broken"]
    granted = headline.startswith("Granted, but ")
    assert granted or (not broken and "breaks" not in headline) or headline.endswith(broken[0])
    assert (what.cause is not None) == (page.find(".//h1/font[@class='ok']") is None)
    assert granted == (page.find(".//h1/font[@class='doubt']") is not None)
    chain = json.loads(as_json(what))["chain"]
    assert [link["link"] for link in chain] == list(get_args(Link))
    assert " -> ".join(f"{link['name']}: {link['state']}" for link in chain) in " ".join(as_text(what).split())


@pytest.mark.parametrize("code", CODES)
def test_every_finding_marks_its_link(code: str) -> None:
    what = report(code)

    (stage,) = (one for one in what.chain if one.link == CODES[code].link)

    assert stage.state == {"error": "BROKEN", "warning": "doubt", "info": "not checked"}[CODES[code].severity]
    assert code in text(read(as_html(what)))


PROD = Expectations(repositories=("prod",))
NEEDS: dict[str, tuple[Report, bool]] = {
    "Service account, Repository. With an API key": (report("exchange-refused"), True),
    "Service account, Repository. What the API": (report(workspace=side(services=None), expectations=PROD), False),
    "Repository. With --repo": (report(workspace=side(repositories=())), False),
}


@pytest.mark.parametrize("says", NEEDS)
def test_unchecked_links_say_what_they_need(says: str) -> None:
    what, asks_for_key = NEEDS[says]

    for shown in (text(read(as_html(what))), " ".join(as_text(what).split())):
        assert f"Not checked: {says}" in shown
        assert ("CLOUDSMITH_API_KEY" in shown) == asks_for_key


def required(page: ET.Element) -> list[list[str]]:
    """The rows of the table of what Cloudsmith requires."""
    (table,) = (one for one in page.iterfind(".//table[caption]") if "requires" in text(one.find("caption")))
    return [[text(cell) for cell in row] for row in table.iter("tr")][1:]


def test_page_has_the_uploaded_keys_and_the_domains_to_paste() -> None:
    page = text(read(as_html(CHAINS["uploaded keys and a domain"][0])))

    for shown in ("Its keys are uploaded", "domains: ['docker': 'docker.acme.com']", "--domain docker=docker.acme.com"):
        assert shown in page


def test_required_claims_are_next_to_the_tokens() -> None:
    assert required(read(as_html(report(workspace=side())))) == [
        ["sub", JENKINS["sub"], JENKINS["sub"], "matches"],
        ["iss", "https://*", JENKINS["iss"], "matches, if Cloudsmith accepts this spelling of the wildcard"],
        ["aud", "a", '["a"]', "matches, if Cloudsmith matches lists"],
        ["branch", "main", "MISSING", "does not match"],
    ]


def test_page_is_written_next_to_the_text(cli: Cli, tmp_path: Path) -> None:
    carefully(cli.sandbox)
    other = JOB.replace("main", "dev")
    requires(sub=other)(cli.sandbox)
    # Outside the current directory, links are followed.
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    file = tmp_path / "link" / "report.html"
    file.write_text("old")

    result = explain(cli, "--html", str(file), key=cli.sandbox.api_key())

    page = read(file.read_text())
    assert result.code == 4
    assert result.stdout.startswith(b"Likely cause: provider-claim-mismatch")
    assert states(page) == ["ok", "ok", "broken", "ok", "ok"]
    assert text(page.find(".//h1")) == "It breaks at: Cloudsmith provider"
    assert required(page) == [["sub", other, JOB, "does not match"]]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [path.name for path in file.parent.iterdir()] == ["report.html"]


PAGES = {name: what for name, (what, _) in CHAINS.items()} | {
    claims["iss"]: report(token=IdToken("e30.e30.", {}, claims)) for claims in (CIRCLECI_V2, GITHUB, GITLAB)
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_well_structured_and_refers_to_nothing_outside(name: str) -> None:
    html = read(as_html(PAGES[name]))

    levels = [int(one.tag[1]) for one in html.iter() if one.tag in {"h1", "h2", "h3"}]
    assert (html.tag, html.get("lang")) == ("html", "en")
    assert levels.count(1) == levels[0] == 1
    assert all(lower <= upper + 1 for upper, lower in pairwise(levels))
    assert text(html.find("head/title"))
    for table in html.iterfind(".//table[caption]"):
        assert [child.tag for child in table] == ["caption", "thead", "tbody"]
        assert all(cell.get("scope") in {"col", "row"} for cell in table.iter("th"))
    assert not [inner.tag for paragraph in html.iter("p") for inner in paragraph if inner.tag not in {"code", "b"}]
    allowed = {"lang", "charset", "name", "content", "http-equiv", "class", "scope", "data-label"} | {
        "aria-label",
        "aria-hidden",
    }
    plain = "align bgcolor bordercolor cellpadding cellspacing color face frame role rules text valign width wrap"
    assert {name for one in html.iter() for name in one.attrib} <= allowed | {*plain.split()}
    assert not {one.tag for one in html.iter()} & {"script", "link", "img", "iframe", "a", "form", "object", "base"}
    assert not re.search(r"url\(|@import|expression", text(html.find("head/style")))
    (policy,) = (one.get("content") for one in html.iter("meta") if one.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


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

    page = read(as_html(what))

    assert {one.tag for one in page.iter()} == {one.tag for one in read(as_html(PAGES["a required claim"])).iter()}
    assert text(page).count(HOSTILE) >= 12


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


def test_wrong_settings_also_give_a_page(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "report.html"

    assert explain(cli, "--html", str(file), token="", CLOUDSMITH_ORG="<b>").code == 2

    assert states(read(file.read_text())) == ["broken", "unchecked", "broken", *["unchecked"] * 2]


def test_page_on_standard_output_leaves_the_report_to_standard_error(cli: Cli) -> None:
    result = explain(cli, "--html", "-", "--no-exchange")

    assert result.code == 0
    assert text(read(result.stdout.decode()).find(".//h1")) in result.stderr.replace("\n", " ")
    assert len(list(cli.directory.parent.rglob("-"))) == 0


IN_THE_WAY: dict[str, Callable[[Path], object]] = {
    "no folder": lambda path: path.parent.rmdir(),
    "a folder": lambda path: path.mkdir(),
    "a FIFO": os.mkfifo,
    "a FIFO on the way": lambda path: os.mkfifo(path.parent.rename(path.parents[1] / "real").with_name("reports")),
    "a link": lambda path: path.symlink_to(os.devnull),
    "a link to a file": lambda path: path.symlink_to(__file__),
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
    assert file.is_symlink() or not file.is_file()


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
