"""What the user has at home goes on inside a login; the user's own logins only if they are inherited."""

import base64
import json
import netrc
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from cloudsmith_oidc.home import MAX_BYTES, WITH_REGISTRY
from in_process import InProcess
from needs import INSTALLED, need
from program import Cli, Result

META = f".docker/contexts/meta/{'a' * 64}/meta.json"
KEY = f".docker/contexts/tls/{'a' * 64}/docker/key.pem"
AUTH = base64.b64encode(b"me:own").decode()


class User:
    """A user with a home directory, who logs in."""

    def __init__(self, cli: Cli, home: Path) -> None:
        self.cli = cli
        self.home = home
        self.formats = "docker"

    def has(self, path: str, content: object) -> None:
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))

    def logs_in(self, **environment: str) -> Result:
        result = self.cli.login(HOME=str(self.home), **{"CLOUDSMITH_FORMATS": self.formats, **environment})
        assert result.code == 0, result.stderr
        return result

    def logs_in_with(self, files: dict[str, str]) -> Result:
        """Log in with files from the launcher."""
        blocks = {path: base64.b64encode(text.encode()).decode() for path, text in files.items()}
        sent = "".join(f"-----BEGIN FILE {path}-----\n{block}\n-----END FILE-----\n" for path, block in blocks.items())
        arguments = ("login", "--output", str(self.cli.directory), "--format", "docker", "--token-stdin")
        given = f"{self.cli.sandbox.mint()}\n{sent}"
        result = self.cli.run(*arguments, stdin=given, HOME=str(self.home), CLOUDSMITH_OIDC_TOKEN=None)
        assert result.code == 0, result.stderr
        return result

    def inherits(self, **environment: str) -> Result:
        return self.logs_in(CLOUDSMITH_INHERIT="true", **environment)

    @property
    def config(self) -> dict[str, Any]:
        """What the login has for docker, without its own logins."""
        config: dict[str, Any] = json.loads(self.cli.file("docker/config.json"))
        for host in ("docker.cloudsmith.io", "helm.oci.cloudsmith.io"):
            assert base64.b64decode(config["auths"].pop(host)["auth"]).startswith(b"token:eyJ")
        return config

    def runs(self, *command: str) -> str:
        """Run a client inside the login."""
        need(command[0])
        pointers = dict(line.split("=", 1) for line in self.cli.file("env").splitlines())
        path = f"{self.home}/bin:{INSTALLED}:{os.environ['PATH']}"
        environment = {"PATH": path, "HOME": str(self.home), **pointers}
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        return result.stdout + result.stderr

    def has_program(self, path: str, text: str) -> None:
        self.has(path, f"#!/bin/sh\n{text}\n")
        (self.home / path).chmod(0o755)


@pytest.fixture
def user(in_process: InProcess, tmp_path: Path) -> User:
    home = tmp_path / "the user's home"
    home.mkdir()
    return User(in_process, home)


@pytest.fixture
def registry() -> Iterator["Registry"]:
    with Registry() as registry:
        threading.Thread(target=registry.serve_forever, daemon=True).start()
        yield registry
        registry.shutdown()


class Registry(ThreadingHTTPServer):
    """The user's own registry, which lets nobody in and remembers what was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Refusal)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.host = f"127.0.0.1:{self.server_port}"
        self.seen: list[str] = []


class _Refusal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Registry)
        self.server.seen.append(self.headers.get("Authorization", ""))
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="own"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


# ---- docker's configuration ----

SETTINGS = {
    "proxies": {"default": {"httpProxy": "http://proxy:3128"}},
    "psFormat": "x",
    "experimental": False,
    "détail": 1,
}


def test_everything_in_dockers_configuration_but_logins_goes_on(user: User) -> None:
    secret = {
        "auths": {"example.com": {"auth": AUTH}},
        "credsStore": "own",
        "AUTHS": {"other.example.com": {"auth": AUTH}},
        "cred\N{LATIN SMALL LETTER LONG S}Store": "own",
        "HttpHeaders": {"X-Meta": "own"},
    }
    helpers = {"example.com": "ecr-login", "docker.cloudsmith.io": "own", "https://DOCKER.cloudsmith.io/v1/": "own"}
    user.has(
        ".docker/config.json", secret | SETTINGS | {"credHelpers": helpers, "cliPluginsExtraDirs": ["/opt/plugins"]}
    )
    user.logs_in()
    assert user.config == SETTINGS | {
        "auths": {},
        "credHelpers": {"example.com": "ecr-login"},
        "cliPluginsExtraDirs": ["/opt/plugins", f"{user.home}/.docker/cli-plugins"],
    }


def test_a_configuration_that_a_variable_leads_to_is_the_users(user: User) -> None:
    user.has("elsewhere/config.json", {"psFormat": "x"})
    user.has(".docker/config.json", {"psFormat": "y"})
    user.logs_in(DOCKER_CONFIG=f"{user.home}/elsewhere")
    assert user.config["psFormat"] == "x"
    assert user.config["cliPluginsExtraDirs"] == [f"{user.home}/elsewhere/cli-plugins"]


def test_an_earlier_login_is_not_taken_for_the_users_own(user: User) -> None:
    """A build can write there: a link in it would have a secret copied to where the build can read."""
    user.has(".docker/config.json", {"psFormat": "x"})
    user.has("secret", {"psFormat": "secret"})
    user.logs_in()
    written = user.cli.directory / "docker/config.json"
    written.unlink()
    written.symlink_to(user.home / "secret")
    user.inherits(DOCKER_CONFIG=str(written.parent))
    assert user.config["psFormat"] == "x"


def test_a_variable_that_leads_to_where_nobody_can_look_does_not_stop_a_login(user: User) -> None:
    """As into root's home, for the user that the program is in a container: it may not even look there."""
    user.has(".docker/config.json", {"psFormat": "x"})
    user.logs_in(DOCKER_CONFIG=f"/{'a' * 300}/docker")
    assert "psFormat" not in user.config


def test_logins_of_with_registry_around_a_login_hold_inside(user: User) -> None:
    """The launcher sends its configuration, also to a program that can read the home directory."""
    mine = {"registry.example.com": {"auth": AUTH}, "https://docker.cloudsmith.io/v2/": {"auth": AUTH}}
    around = {"auths": mine, "credsStore": "evil", "psFormat": "y", "cliPluginsExtraDirs": ["/evil"]}
    user.has(".docker/config.json", {"psFormat": "x", "auths": {"docker.io": {"auth": AUTH}}})
    result = user.logs_in_with({WITH_REGISTRY: json.dumps(around)})
    plugins = [f"{user.home}/.docker/cli-plugins"]
    first = {"registry.example.com": {"auth": AUTH}}
    assert user.config == {"auths": first, "cliPluginsExtraDirs": plugins, "psFormat": "x"}
    hidden = [line for line in result.stderr.splitlines() if "not carried over" in line]
    assert len(hidden) == 1
    assert "of it the logins: the setting inherit takes them along" in result.stderr


def test_a_store_of_logins_that_names_no_host_is_left_out_and_that_is_said(user: User) -> None:
    """Docker would ask it for ours, too, if it stood for all hosts."""
    user.has(".docker/config.json", {"credsStore": "ecr-login"})
    result = user.inherits()
    assert not {"credsStore", "credHelpers"} & user.config.keys()
    assert "of it the credsStore, as auths names no host" in result.stderr
    assert "of it the credsStore" in user.logs_in().stderr


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "nul\0", "\N{LATIN SMALL LETTER E WITH ACUTE}", '{"auths": NaN}', "[" * 200_000]
)
def test_what_is_no_configuration_is_left_out_and_that_is_said(user: User, text: str) -> None:
    user.has(".docker/config.json", text)
    result = user.logs_in()
    assert user.config == {"auths": {}, "cliPluginsExtraDirs": [f"{user.home}/.docker/cli-plugins"]}
    assert result.stderr.count("not carried over") == 1
    assert "it is not a JSON object" in result.stderr


def test_what_is_too_large_or_no_text_or_no_file_is_left_out(user: User) -> None:
    user.has(".docker/config.json", '{"psFormat": "' + "x" * 300_000 + '"}')
    assert "it is larger than 262144 bytes" in user.logs_in().stderr
    (user.home / ".docker/config.json").write_bytes(b'{"psFormat": "\xff"}')
    assert "it is not text" in user.logs_in().stderr
    (user.home / ".docker/config.json").unlink()
    os.mkfifo(user.home / ".docker/config.json")
    assert "not carried over" not in user.logs_in().stderr
    assert "psFormat" not in user.config


def test_members_of_another_type_than_docker_knows_are_left_out(user: User) -> None:
    wrong = {"auths": ["x"], "credHelpers": {"a": 1, "b": "own"}, "cliPluginsExtraDirs": "/opt", "credsStore": {}}
    user.has(".docker/config.json", wrong)
    user.inherits()
    assert user.config["credHelpers"] == {"b": "own"}
    assert user.config["cliPluginsExtraDirs"] == [f"{user.home}/.docker/cli-plugins"]


def test_contexts_are_kept_without_their_keys(user: User) -> None:
    user.has(META, {"Name": "remote", "Endpoints": {"docker": {"Host": "tcp://engine.example.com:2376"}}})
    user.has(KEY, "a key")
    for name in (".hidden", "a space", "line\nbreak"):
        user.has(META.replace("a" * 64, name), "{}")
    user.has(".docker/config.json", {"currentContext": "remote"})
    user.inherits()
    assert "Host" in user.cli.file(META.removeprefix("."))
    assert [path.name for path in (user.cli.directory / "docker/contexts/meta").iterdir()] == ["a" * 64]
    assert not (user.cli.directory / "docker/contexts/tls").exists()


def test_of_very_many_contexts_some_are_left_out_and_that_is_said(user: User) -> None:
    for number in range(25):
        user.has(META.replace("a" * 64, f"{number:064x}"), "{}")
    assert "there are more" not in user.logs_in().stderr
    user.has(META, "{}")
    assert "there are more than 25" in user.logs_in().stderr
    assert len(list((user.cli.directory / "docker/contexts/meta").iterdir())) == 25


def test_as_much_as_the_launcher_sends_is_read(user: User) -> None:
    user.logs_in_with({META.replace("a" * 64, str(number)): "{}".ljust(MAX_BYTES) for number in range(5)})
    assert len(list((user.cli.directory / "docker/contexts/meta").iterdir())) == 5


def test_builders_go_on_unless_the_job_says_where_they_are(user: User) -> None:
    user.logs_in()
    assert "BUILDX_CONFIG" not in user.cli.file("env")
    user.has(".docker/buildx/.lock", "")
    user.logs_in()
    assert f"BUILDX_CONFIG={user.home}/.docker/buildx\n" in user.cli.file("env")
    for own in ("/builders", f"{user.home}/.docker/buildx"):
        user.logs_in(BUILDX_CONFIG=own)
        assert f"BUILDX_CONFIG={own}\n" in user.cli.file("env")


# ---- the user's logins for registries ----


def test_a_logins_own_hosts_are_never_the_users(user: User) -> None:
    keys = (
        "docker.cloudsmith.io",
        "https://docker.cloudsmith.io/v1/",
        "docker.cloudsmith.io/acme",
        "HELM.oci.cloudsmith.io",
    )
    user.has(".docker/config.json", {"auths": {key: {"auth": AUTH} for key in (*keys, "example.com")}})
    user.inherits()
    assert user.config["auths"] == {"example.com": {"auth": AUTH}}


def test_hosts_in_a_store_are_named_one_by_one(user: User) -> None:
    """With credsStore, docker, helm and oras would ignore all auths, and podman would not find the store."""
    hub = "https://index.docker.io/v1/"
    user.has(
        ".docker/config.json",
        {"auths": {hub: {}, "b.example.com": {}}, "credsStore": "own", "credHelpers": {"b.example.com": "b"}},
    )
    user.inherits()
    assert user.config["credHelpers"] == {hub: "own", "b.example.com": "b"}
    assert user.config["auths"] == {}
    assert "credsStore" not in user.config


CLIENTS = {
    "docker": ["docker", "manifest", "inspect", "--insecure", "HOST/own/app:1"],
    "skopeo": ["skopeo", "inspect", "--tls-verify=false", "docker://HOST/own/app:1"],
    "buildah": ["buildah", "login", "--get-login", "HOST"],
    "podman": ["podman", "login", "--get-login", "HOST"],
}


@pytest.mark.parametrize("kept", ["file", "store"])
@pytest.mark.parametrize(
    "name", ["docker", *(pytest.param(name, marks=pytest.mark.on_request) for name in CLIENTS if name != "docker")]
)
def test_a_real_client_finds_the_users_login_if_it_is_inherited(
    user: User, registry: Registry, name: str, kept: str
) -> None:
    user.has_program(
        "bin/docker-credential-own",
        """read -r host; printf '{"ServerURL": "%s", "Username": "me", "Secret": "own"}' "$host" """,
    )
    entry = {
        "file": {"auths": {registry.host: {"auth": AUTH}}},
        "store": {"auths": {registry.host: {}}, "credsStore": "own"},
    }
    user.has(".docker/config.json", entry[kept])
    command = [word.replace("HOST", registry.host) for word in CLIENTS[name]]

    def is_logged_in() -> bool:
        shown = user.runs(*command)
        return shown.strip() == "me" if "--get-login" in command else f"Basic {AUTH}" in registry.seen

    user.logs_in()
    assert not is_logged_in()
    user.inherits()
    assert is_logged_in()


def test_docker_itself_finds_the_users_plugins_and_contexts(user: User) -> None:
    need("docker")
    subprocess.run(
        ["docker", "context", "create", "far", "--docker", "host=tcp://far.example.com:2376"],
        env={"PATH": os.environ["PATH"], "HOME": str(user.home)},
        check=True,
        capture_output=True,
    )
    about = {"SchemaVersion": "0.1.0", "Vendor": "me", "Version": "1", "ShortDescription": "own"}
    user.has_program(".docker/cli-plugins/docker-own", f"echo '{json.dumps(about)}'")
    user.logs_in()
    assert "tcp://far.example.com:2376" in user.runs("docker", "context", "inspect", "far")
    assert '"Vendor": "me"' in user.runs("docker", "own")


# ---- netrc ----

OWN_NETRC = """# my own
machine example.com login me password own # of old
macdef init
machine dl.cloudsmith.io login not password this

machine "dl.cloudsmith.io" login me password machine
account x
machine DL.cloudsmith.io
    login me
    password default
machine other.example.com login "a b" password own
default login anonymous password guest
"""


def test_of_the_users_netrc_the_entries_of_other_hosts_are_inherited(user: User) -> None:
    user.formats = "pip"
    user.has(".netrc", OWN_NETRC)
    user.logs_in()
    assert "example.com" not in user.cli.file("netrc")
    user.inherits()
    entries = netrc.netrc(str(user.cli.directory / "netrc"))
    assert entries.hosts.keys() == {"dl.cloudsmith.io", "example.com", "other.example.com", "default"}
    assert entries.hosts["dl.cloudsmith.io"][0] == "token"
    assert entries.hosts["example.com"] == ("me", "", "own")
    assert entries.hosts["other.example.com"] == ("a b", "", "own")
    assert entries.macros == {}


def test_curl_reads_what_is_inherited(user: User, registry: Registry) -> None:
    """Another reader than Python's, of a file with all that a netrc may have."""
    user.formats = "pip"
    user.has(".netrc", OWN_NETRC.replace("default login", "machine 127.0.0.1 login me password own\ndefault login"))
    user.inherits()
    user.runs("curl", "-sk", "--netrc-file", str(user.cli.directory / "netrc"), f"https://{registry.host}/")
    assert registry.seen == [f"Basic {AUTH}"]
