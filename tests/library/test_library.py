"""The package as other programs use it, and docs/library.md."""

import json
import os
import pickle
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import cloudsmith_oidc
from cloudsmith_oidc import CloudsmithOidcError, configure, diagnose, exchange_token
from cloudsmith_oidc.errors import ExchangeRefusedError
from cloudsmith_oidc.exchange import CloudsmithToken
from pages import DOCS, example
from program import Cli
from sandbox import Sandbox, faults

EXAMPLE = example("library.md", "log in from Python")


@pytest.fixture
def world(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The sandbox, with this process in it."""
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return sandbox


def run(program: str, sandbox: Sandbox, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = sandbox.environment() | {"PATH": os.environ["PATH"], "CLOUDSMITH_OIDC_TOKEN": sandbox.mint()}
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    secrets = [environment["CLOUDSMITH_OIDC_TOKEN"], *sandbox.cloudsmith.issued]
    assert not [secret for secret in secrets if secret in result.stdout + result.stderr]
    return result


def test_the_example_fetches_a_package(packages: Sandbox, tmp_path: Path) -> None:
    if "python" in packages.missing:
        pytest.skip(packages.missing["python"])

    result = run(EXAMPLE, packages, tmp_path)

    assert result.returncode == 0, result.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["acme_hello-1.0.0-py3-none-any.whl"]


def test_the_example_says_why_it_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.issuer.rotate()
    sandbox.issuer.served["jwks"] = {"keys": []}

    result = run(EXAMPLE, sandbox, tmp_path)

    assert result.returncode == 4, result.stderr
    assert result.stdout.startswith("Likely cause: key-not-in-jwks.")


def test_page_names_the_public_names() -> None:
    public = {name for name in cloudsmith_oidc.__all__ if name != "__version__"}

    assert set(re.findall(r"(?m)^\| `(\w+)", (DOCS / "library.md").read_text())) == public
    for name in public:
        assert getattr(cloudsmith_oidc, name).__doc__
    assert not hasattr(cloudsmith_oidc, "frobnicate")


def test_package_alone_loads_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    program = "import sys, cloudsmith_oidc; print(*sys.modules)"

    loaded = run(program, sandbox, tmp_path).stdout.split()

    ours = ("cloudsmith_oidc", "httpx", "jwt", "pydantic", "structlog")
    assert {name for name in loaded if name.startswith(ours)} == {"cloudsmith_oidc", "cloudsmith_oidc.version"}


def test_error_can_come_back_from_a_process_pool() -> None:
    error = ExchangeRefusedError("refused", hint="Look there", code="exchange-refused", status=401)

    restored = pickle.loads(pickle.dumps(error))

    assert (type(restored), str(restored)) == (ExchangeRefusedError, "refused. Look there")
    assert (restored.code, restored.status) == ("exchange-refused", 401)


@pytest.mark.parametrize(
    ("damage", "answer"),
    [("", "status-401"), (" in two", "status-401"), ("", "token-of-another-service"), ("", "token-without-exp")],
)
def test_values_of_variables_in_a_traceback_hold_nothing_of_a_token(world: Sandbox, damage: str, answer: str) -> None:
    world.faults.always("exchange", faults.NAMED[answer])
    with pytest.raises(CloudsmithOidcError) as raised:
        exchange_token(world.mint() + damage, org="acme", service="ci-reader")

    own, *frames = raised.traceback
    assert own.path == Path(__file__)
    assert len(frames) > 1
    assert not [frame.name for frame in frames if re.search("eyJ|build_number", repr(frame.locals))]


def test_token_that_was_issued_is_not_in_its_repr() -> None:
    assert "eyJ" not in repr(CloudsmithToken("eyJ", expires_at=datetime.now(UTC)))


def test_configuration_is_what_login_writes(world: Sandbox, cli: Cli) -> None:
    domains = {"dl": "dl.acme.com", "npm:prod": "npm-prod.acme.com"}
    arguments = [f"--domain={name}={host}" for name, host in domains.items()]
    cli.login("--repo=prod,dev", "--format=pip,npm", "--npm-scope=@acme", *arguments)
    token = exchange_token(world.mint(), org="acme", service="ci-reader")

    configured = configure(
        ["pip", "npm"],
        token,
        org="acme",
        repos=["prod", "dev"],
        directory=cli.directory,
        domains=domains,
        options={"npm.scope": ["@acme"]},
    )

    assert set(configured.files) == {"pip.conf", "netrc", ".npmrc"}
    for name, text in configured.files.items():
        assert text == cli.file(name).replace(cli.issued_token(), token.value)
    assert "".join(f"{name}={value}\n" for name, value in configured.variables.items()) == cli.file("env")
    assert token.value not in f"{token!r}{configured!r}"


def test_retry_and_what_is_left_out_of_home_print_nothing(world: Sandbox, tmp_path: Path) -> None:
    world.faults.add("exchange", faults.throttled("0"))
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text("[]")
    program = f"""
import os, cloudsmith_oidc
os.environ["HOME"] = {str(tmp_path)!r}
token = cloudsmith_oidc.exchange_token(os.environ["CLOUDSMITH_OIDC_TOKEN"], org="acme", service="ci-reader")
cloudsmith_oidc.configure(["docker"], token, org="acme", directory="/login")
"""

    result = run(program, world, tmp_path)

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert len(world.exchange_requests) == 2


def test_repeated_repository_is_one(world: Sandbox) -> None:
    token = exchange_token(world.mint(), org="acme", service="ci-reader")

    twice = configure(["maven"], token, org="acme", repos=["prod", "prod"], directory="/login")

    assert twice == configure(["maven"], token, org="acme", repos=["prod"], directory="/login")


def test_a_diagnosis_reads_both_sides(world: Sandbox) -> None:
    [provider] = world.cloudsmith.providers["acme"]
    provider.enabled = False

    found = diagnose(world.mint(), org="acme", service="ci-reader", repos=["prod"], api_key=world.api_key())

    assert found.cause is not None
    assert found.cause.code == "provider-disabled"
    assert found.cause == found.findings[0]
    assert json.loads(found.json)["summary"]["cause"] == "provider-disabled"
    assert json.loads(found.json)["cloudsmith"]["repositories"][0]["slug"] == "prod"


def test_healthy_world_has_no_cause(world: Sandbox) -> None:
    found = diagnose(world.mint(), org="acme", service="ci-reader")

    assert found.cause is None
    assert found.text.startswith("Cloudsmith granted the exchange")


def test_errors_do_not_hold_the_token(world: Sandbox) -> None:
    token = exchange_token(world.mint(), org="acme", service="ci-reader")

    with pytest.raises(CloudsmithOidcError, match="malformed") as malformed:
        exchange_token("no token", org="acme", service="ci-reader")
    assert malformed.value.exit_code == 3
    with pytest.raises(ValueError, match=r"'\*\*\*' is not a slug"):
        exchange_token(world.mint(), org=world.mint(), service="ci-reader")
    with pytest.raises(ValueError, match="not a known format"):
        configure(["pi"], token, org="acme", directory="/login")
    with pytest.raises(ValueError, match="'prod' would be taken for its letters"):
        configure(["pip"], token, org="acme", repos="prod", directory="/login")
    with pytest.raises(ValueError, match="leave out 'acme/'"):
        configure(["pip"], token, org="acme", repos=["acme/prod"], directory="/login")
    [remark] = diagnose(world.mint(), org="acme", service="ci-reader", repos=["acme/prod"]).findings
    assert "leave out 'acme/'" in remark.found
    with pytest.raises(CloudsmithOidcError, match="without a repository"):
        configure(["pip"], token, org="acme", directory="/login")
    with pytest.raises(CloudsmithOidcError, match="no format of this login uses the custom domain 'nowhere'"):
        configure(["docker"], token, domains={"nowhere": "dl.acme.com"}, org="acme", directory="/login")
