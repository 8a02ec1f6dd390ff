"""The image, built and run as the launcher runs it: no mount, no rights, no package manager."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from container.build import built
from launcher.agent import TOOLS
from program import Cli
from sandbox import faults

# As the launcher runs it (contract: "container without mounts").
RUN = [
    *("docker", "run", "--rm", "-i", "--network", "host", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges", "--user", "65532:65532", "--log-driver", "none"),
]

OCI = "org.opencontainers.image."
DOCUMENTS = "/usr/share/doc/cloudsmith-oidc"


class Container:
    """Runs the image for one exchange."""

    def __init__(self, image: str, cli: Cli) -> None:
        self.image = image
        self.sandbox = cli.sandbox
        names = ("CLOUDSMITH_ORG", "CLOUDSMITH_SERVICE_SLUG", "CLOUDSMITH_REPO")
        self.settings = {name: cli.environment[name] for name in names} | {"CLOUDSMITH_API_HOST": cli.sandbox.api_url}

    def run(self, *words: str, stdin: str = "", options: Sequence[str] = ()) -> "subprocess.CompletedProcess[bytes]":
        variables = [word for name, value in self.settings.items() for word in ("--env", f"{name}={value}")]
        command = [*RUN, *options, *variables, self.image, *words]
        return subprocess.run(command, input=stdin.encode(), capture_output=True, check=False)

    def login(self, *arguments: str, stdin: str | None = None) -> "subprocess.CompletedProcess[bytes]":
        token = self.sandbox.mint() if stdin is None else stdin
        return self.run("login", "--token-stdin", "--output", "-", "--root", "/login", *arguments, stdin=token)

    def shell(self, script: str) -> str:
        return self.run("-c", script, options=("--entrypoint", "sh")).stdout.decode()

    def inspect(self, template: str) -> str:
        command = ["docker", "image", "inspect", "--format", template, self.image]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def container(image: str, cli: Cli) -> Container:
    return Container(image, cli)


def test_login_answers_with_all_files(container: Container) -> None:
    result = container.login()

    assert result.returncode == 0, result.stderr
    first, *others, end = [line.partition(" ")[0] for line in result.stdout.decode().splitlines()]
    assert (first, end) == ("login.json", "end")
    assert {"pip.conf", ".npmrc", "docker/config.json", "env", "activate"} < set(others)


def test_private_ca_and_proxy_are_used(container: Container) -> None:
    sandbox = container.sandbox
    container.settings |= {"CLOUDSMITH_API_HOST": "https://api.cloudsmith.io", "HTTPS_PROXY": sandbox.proxy_url}

    assert container.login(stdin=f"{sandbox.mint()}\n{sandbox.ca_file.read_text()}").returncode == 0
    assert container.login().returncode == 6


ENDINGS = {
    "wrong usage": (2, ["--format", "piip"], None),
    "no token": (3, [], ""),
    "refused": (4, ["--service", "nobody"], None),
    "rate limited": (5, [], None),
    "unreachable": (6, ["--api-host", "http://127.0.0.1:1", "--timeout", "1"], None),
    "not understood": (7, [], None),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_failure_has_its_exit_code_and_no_answer(container: Container, ending: str) -> None:
    code, arguments, stdin = ENDINGS[ending]
    answer = {"rate limited": faults.throttled("3304"), "not understood": faults.html()}.get(ending)
    if answer:
        container.sandbox.faults.always("exchange", answer)

    result = container.login(*arguments, stdin=stdin)

    assert (result.returncode, result.stdout) == (code, b"")
    assert result.stderr


def test_image_has_no_package_managers_compilers_or_setuid_files(container: Container) -> None:
    tools = "apt apt-get dpkg pip pip3 ensurepip gcc cc make perl git curl wget uv"
    assert container.shell(f"for t in {tools}; do command -v $t; done; find / -xdev -perm /6000 -type f") == ""
    assert container.shell('for m in pip ensurepip; do python3 -c "import $m" && echo $m; done') == ""


def test_it_does_not_run_as_root(container: Container) -> None:
    assert container.inspect("{{.Config.User}} {{.Config.Entrypoint}}") == "65532:65532 [cloudsmith-oidc]\n"


def test_its_labels_describe_it(container: Container, repository: Path) -> None:
    base = (repository / "Dockerfile").read_text().partition("ARG BASE=")[2].partition("\n")[0]
    labels = json.loads(container.inspect("{{json .Config.Labels}}"))
    found = {name.removeprefix(OCI): value for name, value in labels.items() if name.startswith(OCI)}

    assert found.pop("description")
    about = {"title": "cloudsmith-oidc", "licenses": "Apache-2.0", "version": "1.2.3", "revision": "0123abc"}
    assert found == about | {"base.name": base}


def parts(container: Container, kind: str) -> dict[str, str]:
    """Return the versions of the packages of one kind that the image's CycloneDX document lists."""
    sbom = json.loads(container.shell(f"cat {DOCUMENTS}/sbom.cdx.json"))
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    from_no_registry = f"pkg:pypi/{sbom['metadata']['component']['name']}"
    return {
        each["name"]: each["version"]
        for each in sbom["components"]
        if each.get("purl", from_no_registry).startswith(f"pkg:{kind}/")
    }


def test_sbom_lists_every_python_package(container: Container) -> None:
    script = (
        "import importlib.metadata as m, json;"
        "print(json.dumps({each.name: each.version for each in m.distributions()}))"
    )
    python = '"$(dirname "$(command -v cloudsmith-oidc)")"/python3'
    installed = json.loads(container.shell(f"{python} -c '{script}'"))

    assert "cryptography" in installed
    assert parts(container, "pypi") == installed


def test_sbom_lists_python_and_the_debian_packages(container: Container) -> None:
    version = container.shell("python3 -c 'import platform; print(platform.python_version())'")
    debian = parts(container, "deb")

    assert parts(container, "generic") == {"python": version.strip()}
    assert {"libc6", "tar", "ca-certificates"} < set(debian)
    assert "gcc" not in debian


def test_every_python_package_has_a_licence(container: Container) -> None:
    rows = [line.split(maxsplit=2) for line in container.shell(f"cat {DOCUMENTS}/licences.txt").splitlines()[1:]]

    assert {name: version for name, version, _ in rows} == parts(container, "pypi")
    assert [row for row in rows if row[2].startswith("UNKNOWN")] == []


BASES = {
    "byte code that is valid for time stamps": (
        'python3 -c "import compileall, os; compileall.compile_dir(os.path.dirname(os.__file__), quiet=1, force=True)"'
    ),
    "no byte code": "find / -xdev -name __pycache__ -prune -exec rm -rf {} +",
}
"""What a base image can bring of Python, and how to make it so."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("base", BASES)
def test_login_compiles_no_module(
    repository: Path, engine: dict[str, str], cli: Cli, tmp_path: Path, base: str
) -> None:
    """Python says with -v where each module comes from: "code object from" is a source that it had to compile."""
    plain = (repository / "Dockerfile").read_text().partition("ARG BASE=")[2].partition("\n")[0]
    (tmp_path / "Dockerfile").write_text(f"FROM {plain}\nRUN {BASES[base]}\n")
    script = '"$(dirname "$(command -v cloudsmith-oidc)")"/python3 -v -m cloudsmith_oidc login --token-stdin --output -'
    with (
        built(tmp_path, engine, "base") as its_base,
        built(repository, engine, "on-base", "--build-arg", f"BASE={its_base}") as image,
    ):
        container = Container(image, cli)
        result = container.run("-c", script, options=("--entrypoint", "sh"), stdin=container.sandbox.mint())

    lines = result.stderr.decode().splitlines()
    assert result.returncode == 0, lines[-1]
    assert [line for line in lines if re.fullmatch("# code object from '?/.*[.]py'?", line)] == []


def test_image_has_the_programs_of_the_launcher(container: Container) -> None:
    """For `container('…')` on Kubernetes, where the launcher runs in this image."""
    assert container.shell(f"for t in sh {' '.join(TOOLS)}; do command -v $t >/dev/null || echo $t; done") == ""
