"""`cloudsmith-oidc discovery`: documents for a static host, and whether the published ones are still right."""

import json
import os
import re
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explain.worlds import HOSTED
from program import Cli, Result
from sandbox import Issuer, Sandbox, Site, faults

ISSUER = "https://jenkins.example.com/oidc"
CONFIGURATION = Path(".well-known/openid-configuration")
JWKS = Path("jwks")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def explicit(sandbox: Sandbox) -> Issuer:
    """A credential with an issuer of its own, whose key Jenkins gives to administrators only."""
    sandbox.jenkins.issuers.clear()
    sandbox.issuer = sandbox.add_issuer(Issuer(explicit=HOSTED))
    sandbox.trust(HOSTED)
    return sandbox.issuer


@pytest.fixture
def site(sandbox: Sandbox, output: Path) -> Site:
    """A static host that serves the output directory as it is."""
    return sandbox.site("issuer.example.org", output)


def discovery(cli: Cli, *arguments: str, issuer: str = ISSUER, **environment: str) -> Result:
    return cli.run("discovery", "--issuer", issuer, "--log-format", "console", *arguments, **environment)


def as_administrator(cli: Cli, *arguments: str, **environment: str) -> Result:
    jenkins = {"JENKINS_USER_ID": cli.sandbox.jenkins.user, "JENKINS_API_TOKEN": cli.sandbox.jenkins.api_token}
    where = ("--jenkins-url", "https://jenkins.example.com/")
    return discovery(cli, *where, *arguments, issuer=HOSTED, **(jenkins | environment))


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_documents_are_written_for_any_static_host(cli: Cli, output: Path) -> None:
    result = discovery(cli, "--output", str(output))

    assert (result.code, result.stdout) == (0, b"")
    assert set(contents(output)) == {str(CONFIGURATION), str(JWKS)}
    assert stat.S_IMODE((output / JWKS).stat().st_mode) == 0o644
    assert stat.S_IMODE((output / CONFIGURATION).parent.stat().st_mode) == 0o755


def test_cloudsmith_accepts_the_written_documents(cli: Cli, explicit: Issuer, site: Site, output: Path) -> None:
    assert site.folder == output
    assert cli.login().code == 4

    assert as_administrator(cli, "--output", str(output)).code == 0

    assert explicit.url == HOSTED
    assert cli.login().code == 0


def test_only_what_changed_is_written_again(cli: Cli, output: Path) -> None:
    discovery(cli, "--output", str(output))
    before, inode = contents(output), (output / JWKS).stat().st_ino

    discovery(cli, "--output", str(output))
    assert contents(output) == before
    assert (output / JWKS).stat().st_ino == inode

    cli.sandbox.issuer.rotate()
    discovery(cli, "--output", str(output))
    assert contents(output)[str(CONFIGURATION)] == before[str(CONFIGURATION)]
    assert contents(output)[str(JWKS)] != before[str(JWKS)]


def test_credentials_of_a_folder_share_its_key_set(cli: Cli, output: Path) -> None:
    cli.sandbox.jenkins.issuers.clear()
    for number, name in enumerate(["first", "second"]):
        cli.sandbox.add_issuer(Issuer(explicit=HOSTED, folder="team", credential_id=name, key_number=number))

    folder = ("--jenkins-url", "https://jenkins.example.com/job/team", "--credentials-id", "first,second")
    assert as_administrator(cli, *folder, "--output", str(output)).code == 0

    assert {key["kid"] for key in json.loads(contents(output)["jwks"])["keys"]} == {"first", "second"}


def test_api_token_goes_to_jenkins_only(cli: Cli, explicit: Issuer, output: Path) -> None:
    result = as_administrator(cli, "--output", str(output), "--check", HOSTED)

    assert explicit.url == HOSTED
    assert cli.sandbox.jenkins.api_token not in result.stderr
    with_password = {request.endpoint for request in cli.sandbox.requests if "authorization" in request.headers}
    assert with_password == {"admin-discovery", "admin-jwks"}


KEY = Issuer().jwks()["keys"][0]
WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "another issuer": ({"discovery": Issuer("https://ci.example.com").discovery()}, 7),
    "keys elsewhere": ({"discovery": Issuer().discovery() | {"jwks_uri": "https://jenkins.example.com/keys"}}, 7),
    "no keys": ({"jwks": {"keys": []}}, 7),
    "no list of keys": ({"jwks": {"keys": "none"}}, 7),
    "a private key": ({"jwks": {"keys": [KEY | {"d": "AQAB"}]}}, 7),
    "a key without an id": ({"jwks": {"keys": [KEY | {"kid": None}]}}, 7),
    "two keys of one id": ({"jwks": {"keys": [KEY, KEY]}}, 7),
    "a key of another kind": ({"jwks": {"keys": [{"kid": "oidc-token-cred", "kty": "EC"}]}}, 7),
    "a broken key": ({"jwks": {"keys": [KEY | {"n": "*"}]}}, 7),
    "a page": ({"jwks": faults.html().answer}, 7),
    "a missing page": ({"jwks": faults.html(404).answer}, 7),
    "a server error": ({"discovery": faults.html(503).answer}, 6),
    "five mebibytes": ({"jwks": faults.oversized().answer}, 7),
    "a number for an issuer": ({"discovery": Issuer().discovery() | {"issuer": 7}}, 7),
    "a redirect": ({"discovery": faults.redirect("https://sso.example.com/").answer}, 7),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_documents_leave_the_old_files(cli: Cli, output: Path, wrong: str) -> None:
    discovery(cli, "--output", str(output))
    before = contents(output)
    cli.sandbox.issuer.rotate()
    cli.sandbox.issuer.served, code = WRONG[wrong]

    result = discovery(cli, "--output", str(output))

    assert result.code == code
    assert result.last_line.startswith("cloudsmith-oidc: error: ")
    assert contents(output) == before


@pytest.mark.parametrize("depth", [10, 500, 2000, 100_000])
def test_nested_document_is_written_whole_or_not_at_all(cli: Cli, output: Path, depth: int) -> None:
    """How deep Python reads and writes differs from version to version, and reading from writing."""
    discovery(cli, "--output", str(output))
    before = contents(output)
    nest = b'"x":' + b"[" * depth + b"]" * depth + b"}"
    document = json.dumps(cli.sandbox.issuer.discovery()).encode().removesuffix(b"}") + b"," + nest
    cli.sandbox.issuer.served = {"discovery": faults.body(document, 200).answer}

    result = discovery(cli, "--output", str(output))

    if result.code == 0:
        written = contents(output)[str(CONFIGURATION)]
        assert b"".join(written.split()).endswith(nest)
        assert len(written) < 2 * len(document)
    else:
        assert result.code == 7
        assert result.last_line.startswith("cloudsmith-oidc: error: ")
        assert contents(output) == before


def test_hanging_issuer_ends_with_the_deadline(cli: Cli, output: Path) -> None:
    cli.sandbox.faults.always("jwks", faults.hang())

    assert discovery(cli, "--output", str(output), "--timeout", "1").code == 6
    assert not output.exists()


def test_key_that_jenkins_stopped_serving_has_a_hint(cli: Cli, explicit: Issuer, output: Path) -> None:
    result = discovery(cli, "--output", str(output), issuer="https://jenkins.example.com/oidc")

    assert explicit.url == HOSTED
    assert result.code == 7
    assert "--jenkins-url" in result.last_line


def test_url_of_jenkins_is_no_issuer(cli: Cli, output: Path) -> None:
    result = discovery(cli, "--output", str(output), issuer="https://jenkins.example.com")

    assert result.code == 7
    assert "answers 404" in result.last_line
    assert "JENKINS_URL/oidc" in result.last_line


ADMINISTRATOR_ERRORS: dict[str, tuple[list[str], dict[str, str], int, str]] = {
    "no user": ([], {"JENKINS_USER_ID": ""}, 2, "JENKINS_USER_ID"),
    "no API token": ([], {"JENKINS_API_TOKEN": ""}, 2, "JENKINS_API_TOKEN"),
    "a wrong API token": ([], {"JENKINS_API_TOKEN": "hunter2"}, 7, "answers 401"),
    "another credential": (["--credentials-id", "other"], {}, 7, "such a credential"),
}


@pytest.mark.parametrize("wrong", ADMINISTRATOR_ERRORS)
@pytest.mark.usefixtures("explicit")
def test_administrators_mistake_is_named(cli: Cli, output: Path, wrong: str) -> None:
    arguments, environment, code, says = ADMINISTRATOR_ERRORS[wrong]

    result = as_administrator(cli, "--output", str(output), *arguments, **environment)

    assert result.code == code
    assert says in result.last_line
    assert not output.exists()


@pytest.mark.usefixtures("site")
def test_check_finds_rotated_missing_and_surplus_keys(cli: Cli, explicit: Issuer, output: Path) -> None:
    as_administrator(cli, "--output", str(output))
    assert as_administrator(cli, "--check", HOSTED).code == 0

    explicit.rotate()
    rotated = as_administrator(cli, "--check", HOSTED)
    explicit.credential_id = "new"
    renamed = as_administrator(cli, "--check", HOSTED, "--credentials-id", "new")

    assert (rotated.code, renamed.code) == (4, 4)
    assert "the published key oidc-token-cred is an old one" in rotated.last_line
    assert "the key new is not published" in renamed.last_line
    assert "the key oidc-token-cred is published, but not in Jenkins any more" in renamed.last_line
    assert as_administrator(cli, "--output", str(output), "--check", HOSTED, "--credentials-id", "new").code == 0


@pytest.mark.usefixtures("explicit")
def test_check_finds_another_issuer_and_none(cli: Cli) -> None:
    assert as_administrator(cli, "--check", HOSTED).code == 6
    published = Issuer(explicit="https://old.example.org")
    pages = cli.sandbox.site("issuer.example.org").pages
    pages["/.well-known/openid-configuration"], pages["/jwks"] = published.discovery(), published.jwks()

    result = as_administrator(cli, "--check", HOSTED)

    assert result.code == 4
    assert "issuer is https://old.example.org" in result.last_line


def check_uploaded(cli: Cli, **environment: str) -> Result:
    given = {"CLOUDSMITH_API_KEY": cli.sandbox.api_key()} | environment
    result = as_administrator(cli, "--check", "uploaded", **given)
    read = [request for request in cli.sandbox.requests if request.method == "GET"]
    assert {request.endpoint for request in read if "x-api-key" in request.headers} <= {"providers"}
    assert given["CLOUDSMITH_API_KEY"] not in result.stderr or not given["CLOUDSMITH_API_KEY"]
    return result


def test_written_key_set_is_the_one_to_upload(cli: Cli, explicit: Issuer, output: Path) -> None:
    assert cli.login().code == 4
    written = as_administrator(cli, "--output", str(output))

    *_, provider = cli.sandbox.cloudsmith.providers["acme"]
    provider.jwks = json.loads((output / JWKS).read_bytes())

    assert explicit.url == provider.issuer
    assert "upload this key set to the provider in Cloudsmith, or host the folder\n" in written.stderr
    assert f"file: {output / JWKS}\n" in written.stderr
    assert cli.login().code == 0
    assert check_uploaded(cli).code == 0


@pytest.mark.usefixtures("explicit")
def test_documented_upload_gives_cloudsmith_the_keys(cli: Cli, repository: Path, tmp_path: Path) -> None:
    page = (repository / "docs/administrator.md").read_text()
    (upload,) = re.findall(r"(?s)```sh\n( +printf '\{\"jwks.*?)```", page)
    as_administrator(cli, "--output", str(tmp_path / "keys"))
    *_, provider = cli.sandbox.cloudsmith.providers["acme"]

    script = upload.replace("SLUG_PERM", provider.slug_perm)
    environment = cli.given(None, {"CLOUDSMITH_API_KEY": cli.sandbox.api_key()})
    subprocess.run(["sh", "-euc", script], cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=60)

    assert check_uploaded(cli).code == 0
    assert cli.login().code == 0


def test_check_finds_old_missing_and_surplus_uploaded_keys(cli: Cli, explicit: Issuer) -> None:
    *_, provider = cli.sandbox.cloudsmith.providers["acme"]
    second = cli.sandbox.trust(HOSTED)
    nothing = check_uploaded(cli)
    provider.jwks = second.jwks = explicit.jwks()
    assert check_uploaded(cli).code == 0

    explicit.rotate()
    provider.jwks = explicit.jwks()
    rotated = check_uploaded(cli)
    provider.jwks = second.jwks = explicit.jwks() | {"keys": [*explicit.jwks()["keys"], KEY | {"kid": "other"}]}
    surplus = check_uploaded(cli)

    assert (nothing.code, rotated.code, surplus.code) == (4, 4, 4)
    assert "provider 'Jenkins 2': the key oidc-token-cred is not uploaded" in nothing.last_line
    assert "provider 'Jenkins 3': the uploaded key oidc-token-cred is an old one" in rotated.last_line
    assert "Jenkins 2" not in rotated.last_line
    assert "the key other is uploaded, but not in Jenkins any more" in surplus.last_line


UNUSABLE: dict[str, tuple[object, str]] = {
    "a list": ([KEY], "is not uploaded"),
    "a text": ("{}", "is not uploaded"),
    "no list of keys": ({"keys": "none"}, "cannot be used"),
    "a private key": ({"keys": [KEY | {"d": "AQAB"}]}, "holds a private key"),
    "two keys of one id": ({"keys": [KEY, KEY]}, "two keys have the kid"),
    "another kind": ({"keys": [{"kid": "oidc-token-cred", "kty": "EC"}]}, "cannot be used"),
}


@pytest.mark.parametrize("unusable", UNUSABLE)
@pytest.mark.usefixtures("explicit")
def test_check_names_an_uploaded_key_set_that_cannot_be_used(cli: Cli, unusable: str) -> None:
    *_, provider = cli.sandbox.cloudsmith.providers["acme"]
    value, says = UNUSABLE[unusable]
    vars(provider)["jwks"] = value

    result = check_uploaded(cli)

    assert result.code == 4
    assert says in result.last_line


UNREAD: dict[str, tuple[dict[str, str], int, str]] = {
    "no key": ({"CLOUDSMITH_API_KEY": ""}, 2, "CLOUDSMITH_API_KEY"),
    "no workspace": ({"CLOUDSMITH_ORG": ""}, 2, "CLOUDSMITH_ORG"),
    "a wrong key": ({"CLOUDSMITH_API_KEY": "0123456789" * 4}, 7, "Manager or Owner"),
    "another workspace": ({"CLOUDSMITH_ORG": "acme-inc"}, 7, "Manager or Owner"),
    "no way to the API": ({"CLOUDSMITH_API_HOST": "https://nobody.example.org"}, 6, "the providers"),
}


@pytest.mark.parametrize("unread", UNREAD)
@pytest.mark.usefixtures("explicit")
def test_uploaded_keys_that_cannot_be_read_are_an_error(cli: Cli, unread: str) -> None:
    environment, code, says = UNREAD[unread]

    result = check_uploaded(cli, **environment)

    assert result.code == code
    assert says in result.last_line
    assert code != 2 or cli.sandbox.requests == []


@pytest.mark.usefixtures("explicit")
def test_check_needs_a_provider_of_the_issuer(cli: Cli) -> None:
    cli.sandbox.cloudsmith.providers["acme"].pop()

    result = check_uploaded(cli)

    assert result.code == 4
    assert f"the workspace acme has no provider with the URL {HOSTED}" in result.last_line


@pytest.mark.parametrize(
    "make", [Path.touch, lambda path: path.symlink_to(path.parent), lambda path: fifo(path / JWKS)]
)
def test_output_through_a_file_a_link_or_a_fifo_is_refused(
    cli: Cli, output: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object]
) -> None:
    monkeypatch.chdir(output.parent)
    make(output)

    result = discovery(cli, "--output", str(output))

    assert result.code == 8
    assert str(output) in result.last_line
    assert not (output.parent / JWKS).exists()


def fifo(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
