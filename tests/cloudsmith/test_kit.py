"""The kit against the sandbox: once as Cloudsmith is believed to be, and once the opposite of each open point."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

import needs
from cloudsmith.belief import beliefs, recorded
from cloudsmith.workspace import MAX_PAGES, PREFIX, Workspace
from sandbox import Account, Provider, Repository, Sandbox, faults
from sandbox.faults import json_answer
from sandbox.issuer import DISCOVERY, JWKS

ROOT = Path(__file__).parent.parent.parent


class Kit:
    """Runs the kit as `make verify-cloudsmith` does, in the sandbox's world."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.record = folder / "record.json"
        self.documents = folder / "documents"
        self.environment = {
            **os.environ,
            **sandbox.environment(),
            "CLOUDSMITH_ORG": sandbox.org,
            "CLOUDSMITH_API_KEY": sandbox.api_key(),
            "CLOUDSMITH_KIT_RECORD": str(self.record),
            "CLOUDSMITH_KIT_DIRECTORY": str(self.documents),
            "CLOUDSMITH_KIT_ROTATION_SECONDS": "0",
        }

    def start(self, *arguments: str, option: str = "--cloudsmith", **environment: str) -> "subprocess.Popen[str]":
        command = ["pytest", "--config-file", "python/pyproject.toml", "--rootdir", ".", "-p", "no:cacheprovider", "-q"]
        return subprocess.Popen(
            [sys.executable, "-m", *command, "tests/cloudsmith/questions", option, *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, option: str = "--cloudsmith", **environment: str) -> str:
        """Run to the end, and return what it printed."""
        with self.start(*arguments, option=option, **environment) as process:
            return process.communicate()[0]

    @property
    def answers(self) -> dict[str, str]:
        return {name: entry["answer"] for name, entry in recorded(self.record).items()}


@pytest.fixture
def kit(sandbox: Sandbox, tmp_path: Path) -> Kit:
    return Kit(sandbox, tmp_path)


def objects(sandbox: Sandbox) -> object:
    known = sandbox.cloudsmith.workspaces
    return json.dumps(
        [[vars(one) for one in known.providers["acme"]], [*known.services], [*known.repositories]], default=str
    )


def test_believed(kit: Kit, sandbox: Sandbox) -> None:
    sandbox.cloudsmith.workspaces.domains = []
    before = objects(sandbox)

    printed = kit.run("-k", "not test_client")

    assert "failed" not in printed, printed
    asked = {name: belief for name, belief in beliefs().items() if not name.startswith("client-")}
    assert kit.answers.keys() == asked.keys()
    assert [name for name in asked if asked[name].contradicted_by(kit.answers[name])] == []
    assert objects(sandbox) == before
    secrets = [kit.environment["CLOUDSMITH_API_KEY"], *sandbox.cloudsmith.issued]
    text = kit.record.read_text()
    assert [secret for secret in [f'"{sandbox.org}', PREFIX, *secrets] if secret in text] == []


OPPOSITE = {
    "uploaded-keys": "yes",
    "replaced-keys": "not within 0 s",
    "audience": "text",
    "number": "no",
    "wildcard-end": ".*",
    "wildcard-middle": ".*",
    "regular-expression": "yes",
    "issuer-slash": "no",
    "same-url": "the second cannot be made (422)",
    "dynamic-mapping": "none",
    "refusal-claim": "400 The JWT cannot be created.",
    "refusal-unlinked": "403 It is not linked.",
    "refusal-unknown": "404 Not found in ORG: ***",
    "token-life": "5400 s",
    "rate-limits": "none",
    "api-headers": "X-Api-Key",
    "api-owner": "providers 200, mappings 200, services 200, repository 200, privileges 200",
    "api-manager": "providers 403, mappings 403, services 403, repository 404, privileges 404",
    "api-service": "providers 403, mappings 403, services 403, repository 200, privileges 403",
    "domains": "none",
    "login-hex": "Bearer",
    "login-huggingface": "Basic",
    "login-conan": "Bearer",
    "login-composer": "Bearer",
    "login-gpg-key": "Bearer",
}


def test_opposite(kit: Kit, sandbox: Sandbox) -> None:
    """Each answer is recorded, and each contradiction fails and names the place to change."""
    real = sandbox.cloudsmith
    real.lists_match = real.numbers_as_text = real.mapping_overrides = False
    real.regular_expressions = real.slash_matters = True
    real.workspaces.repeated_urls, real.workspaces.replaced_keys_stay = False, True
    real.token_lifetime, real.rate_limits, real.api_headers = 5400, {}, {"X-Api-Key"}
    real.administration.managers = ("Owner",)
    real.refusal_answers = {
        "claim": json_answer({"detail": "The JWT cannot be created."}, 400),
        "unlinked": json_answer({"detail": "It is not linked."}, 403),
        "unknown": json_answer({"detail": f"Not found in Acme: {sandbox.mint()}"}, 404),
    }
    bearer = dict.fromkeys(("hex", "conan", "composer", "rpm"), "Bearer")
    real.schemes = {name: (scheme,) for name, scheme in (bearer | {"huggingface": "Basic"}).items()}

    printed = kit.run("-k", "not test_client")

    assert kit.answers == OPPOSITE, printed
    known = beliefs()
    for name in OPPOSITE.keys() - {"uploaded-keys"}:
        assert known[name].contradicted_by(OPPOSITE[name]) in printed, name
    assert PREFIX not in str(vars(real.workspaces))


CHOSEN = [
    pytest.param("curl or pip or (npm and not pnpm)", id="some"),
    pytest.param("client", id="all", marks=[pytest.mark.on_request, pytest.mark.timeout(900)]),
]


@pytest.mark.parametrize("chosen", CHOSEN)
def test_clients(tmp_path: Path, chosen: str) -> None:
    """With those that are installed here. What they publish stays in a sandbox of their own."""
    needs.need("curl")
    with Sandbox() as sandbox:
        kit = Kit(sandbox, tmp_path)
        printed = kit.run("-k", f"test_client and ({chosen})")
    known = beliefs()
    assert "failed" not in printed, printed
    assert {"client-curl", "client-pip"} <= kit.answers.keys(), printed
    assert [name for name in kit.answers if known[name].contradicted_by(kit.answers[name])] == []


def test_without_uploads_a_person_hosts_the_documents(kit: Kit, sandbox: Sandbox) -> None:
    sandbox.cloudsmith.workspaces.knows_jwks = False
    chosen = ("-k", "uploaded or audience", "-rs")
    assert "set CLOUDSMITH_ISSUER to a URL that you can host" in kit.run(*chosen)

    url, public = "https://issuer.example.com", kit.documents / "public"
    printed = kit.run(*chosen, CLOUDSMITH_ISSUER=url)
    assert f"serve {public}{DISCOVERY} as {url}{DISCOVERY} and {public}{JWKS} as {url}{JWKS}" in printed

    sandbox.site("issuer.example.com", public)
    kit.run(*chosen, CLOUDSMITH_ISSUER=url)
    assert sorted(file.name for file in public.rglob("*") if file.is_file()) == ["jwks", "openid-configuration"]
    assert kit.answers == {"uploaded-keys": "no", "audience": "text, list, longer list"}


def test_interrupted_run_removes_what_it_made(kit: Kit, sandbox: Sandbox) -> None:
    before = objects(sandbox)
    sandbox.faults.always("exchange", faults.hang())
    with kit.start("-k", "audience") as process:
        sandbox.wait_for_request("exchange")
        assert PREFIX in str(objects(sandbox))
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate()
    assert "KeyboardInterrupt" in printed
    assert objects(sandbox) == before


@pytest.mark.parametrize("page_size", [500, 20])
def test_second_run_removes_left_overs_and_nothing_else(kit: Kit, sandbox: Sandbox, page_size: int) -> None:
    """Also when they are on a later page, and whatever size of pages the service allows."""
    sandbox.cloudsmith.administration.max_page_size = page_size
    before = objects(sandbox)
    known = sandbox.cloudsmith.workspaces
    for number in range(120):
        sandbox.add_service(f"ci-{number}").description = ""  # which the vendor's client calls invalid
    sandbox.add_service(f"{PREFIX}mirror")
    known.repositories[f"{PREFIX}mirror"] = Repository(name=f"{PREFIX}mirror")
    known.providers["acme"].append(Provider("https://y.example.org", name=f"{PREFIX}0a1b2c3d"))
    others = objects(sandbox)
    left = f"{PREFIX}0a1b2c"
    known.services[f"{left}-reader"] = Account(f"{left}-reader", name=f"{left}-reader")
    known.repositories[left] = Repository(name=left)
    known.providers["acme"].append(Provider("https://x.example.org", name=f"{left}-1"))

    printed = kit.run("-k", "uploaded")

    assert "1 passed" in printed
    assert f"removes what is named {PREFIX}" in printed
    assert objects(sandbox) == others != before


@pytest.mark.parametrize("status", [404, 500])
def test_kind_that_cannot_be_listed_does_not_keep_the_others(sandbox: Sandbox, status: int) -> None:
    known = sandbox.cloudsmith.workspaces
    left = f"{PREFIX}0a1b2c"
    known.repositories[left] = Repository(name=left)
    sandbox.faults.always("providers", faults.status(status))
    with patch.dict(os.environ, sandbox.environment()), pytest.raises(ExceptionGroup, match="could be removed"):
        Workspace(sandbox.org, sandbox.api_key()).remove()
    assert left not in known.repositories


def test_pages_without_end(sandbox: Sandbox) -> None:
    endless = faults.header(faults.document([]), "X-Pagination-PageTotal", "1000000000")
    sandbox.faults.always("providers", endless)
    with patch.dict(os.environ, sandbox.environment()):
        Workspace(sandbox.org, sandbox.api_key()).remove()
    assert len([one for one in sandbox.requests if one.endpoint == "providers"]) == MAX_PAGES


def test_questions_are_skipped_without_the_option(kit: Kit, sandbox: Sandbox) -> None:
    assert "skipped" in kit.run(option="-rs")
    assert sandbox.requests == []
