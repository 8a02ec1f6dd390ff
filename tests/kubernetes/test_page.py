"""The pod and the pipeline of docs/kubernetes.md, word for word: against the schema, and run without a cluster."""

import base64
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

import needs
from kubernetes.pod import AGENT, Manifest, Pod, running, with_agent
from leaks.needles import found
from pages import example
from sandbox import Sandbox

PAGE = "kubernetes.md"
WORKSPACE = f"{AGENT}/workspace/app"
LOGIN = f"{WORKSPACE}@tmp/login"
VARIABLES = {"service": "CLOUDSMITH_SERVICE_SLUG", "org": "CLOUDSMITH_ORG", "repo": "CLOUDSMITH_REPO"}
"""How the step passes its options to the launcher."""
ROOT = {"runAsUser": 0, "runAsNonRoot": False}


@dataclass
class Pipeline:
    """The page's Jenkinsfile."""

    pod_file: str
    outer: str
    options: dict[str, str]
    inner: str
    body: str


@pytest.fixture
def pipeline() -> Pipeline:
    found = re.search(
        r"(?s)yamlFile '(.+?)'.*container\('(.+?)'\) \{\s+cloudsmithOidc\((.+?)\) \{\s+container\('(.+?)'\) \{\s+"
        r"sh '(.+?)'\s+\}\s+\}\s+\}\s",
        example(PAGE, "Jenkinsfile"),
    )
    assert found
    file, outer, options, inner, body = found.groups()
    return Pipeline(file, outer, dict(re.findall(r"(\w+): '(.+?)'", options)), inner, body)


@pytest.fixture
def manifest(pipeline: Pipeline) -> Manifest:
    manifest: Manifest = yaml.safe_load(example(PAGE, pipeline.pod_file))
    return manifest


def fits_the_schema(file: Path) -> "subprocess.CompletedProcess[str]":
    needs.need("kubernetes-validate")
    command = [str(needs.INSTALLED / "kubernetes-validate"), "--strict", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("jenkins_adds", [False, True], ids=["as it is", "with what Jenkins adds"])
def test_pod_fits_the_schema(manifest: Manifest, tmp_path: Path, jenkins_adds: bool) -> None:
    (tmp_path / "pod.yaml").write_text(
        yaml.safe_dump({"metadata": {"name": "app"}} | (with_agent(manifest) if jenkins_adds else manifest))
    )

    result = fits_the_schema(tmp_path / "pod.yaml")

    assert result.returncode == 0, result.stdout + result.stderr


def test_schema_rejects_an_unknown_name(manifest: Manifest, tmp_path: Path) -> None:
    manifest["spec"]["securityContext"]["runAs"] = 1000
    (tmp_path / "pod.yaml").write_text(yaml.safe_dump({"metadata": {"name": "app"}} | manifest))

    assert fits_the_schema(tmp_path / "pod.yaml").returncode == 1


def test_pipeline_and_pod_have_the_same_containers(manifest: Manifest, pipeline: Pipeline) -> None:
    names = [container["name"] for container in manifest["spec"]["containers"]]
    assert sorted(names) == sorted({pipeline.outer, pipeline.inner})
    volumes = {volume["name"] for volume in manifest["spec"]["volumes"]}
    assert {m["name"] for c in manifest["spec"]["containers"] for m in c.get("volumeMounts", [])} == volumes


@dataclass
class Step:
    """The result of an `sh` step. It has no status if the step did not begin."""

    status: int | None
    output: str
    log: str


@dataclass
class Build:
    """A build of the page's pipeline, whose agent is a pod."""

    pod: Pod
    pipeline: Pipeline
    sandbox: Sandbox
    repository: Path
    log: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        self.token = self.sandbox.mint()
        authority = f"{AGENT}/ca.pem"
        # What an administrator sets in Jenkins for all builds.
        self.environment = {
            name: authority if value == str(self.sandbox.ca_file) else value
            for name, value in self.sandbox.environment().items()
        } | {"WORKSPACE": WORKSPACE, "WORKSPACE_TMP": f"{WORKSPACE}@tmp"}
        self.write(authority, self.sandbox.ca_file.read_text())

    def by_agent(self, script: str) -> str:
        """Do what Jenkins does on an agent without a `sh` step: `readFile`, for example."""
        result = self.pod.run("jnlp", script)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def write(self, path: str, text: str) -> None:
        script = f"mkdir -p {WORKSPACE} $(dirname {path}) && printf %s {shlex.quote(text)} >{path} && chmod 755 {path}"
        self.by_agent(script)

    def sh(self, container: str, script: str, **variables: str) -> Step:
        """Run an `sh` step, as durable-task's `BourneShellScript` and `ContainerExecDecorator` do."""
        control = f"{WORKSPACE}@tmp/durable"
        self.write(f"{control}/script.sh", script)
        shell = "" if script.startswith("#!") else "sh -xe "
        exports = [f"export {name}={shlex.quote(value)}" for name, value in (self.environment | variables).items()]
        run = (
            f"cp {control}/script.sh {control}/copy.sh; {shell}{control}/copy.sh >{control}/output 2>{control}/log; "
            f"echo $? >{control}/result.new; mv {control}/result.new {control}/result"
        )
        said = self.pod.run(container, "\n".join([*exports, f"cd {WORKSPACE}", f"nohup sh -c {shlex.quote(run)}"]))
        files = "for file in result output log; do [ ! -e $file ] || base64 -w 0 $file; echo; done"
        lines = self.by_agent(f"cd {control} && {files} && rm -r {control}").splitlines()
        status, output, log = (base64.b64decode(line).decode() for line in lines)
        self.log += output + log
        return Step(int(status) if status else None, output, said.stderr + log)

    def launch(self, command: str, **variables: str) -> Step:
        """Run the launcher as the step does."""
        settings = {VARIABLES[option]: value for option, value in self.pipeline.options.items()}
        launcher = (self.repository / "resources/cloudsmith/oidc/cloudsmith-oidc.sh").read_text()
        script = f'#!/bin/sh\ncd -- "$WORKSPACE" || exit 8\nset -- {command} "$CLOUDSMITH_OIDC_DIR"\n{launcher}'
        return self.sh(self.pipeline.outer, script, CLOUDSMITH_OIDC_DIR=LOGIN, **settings, **variables)

    def log_in(self) -> Step:
        return self.launch("login", CLOUDSMITH_OIDC_TOKEN=self.token)

    def log_out(self) -> Step:
        return self.launch("logout --force")

    def is_there(self, path: str) -> bool:
        return self.by_agent(f"[ ! -e {path} ] || echo there") == "there\n"


@dataclass
class Cluster:
    """Starts a pod with the page's images."""

    image: str
    make: Callable[[Pod], Build]
    end: ExitStack

    def build(self, manifest: Manifest, **rights: Any) -> Build:
        """Begin a build in this pod, with other rights of some containers."""
        manifest = with_agent(manifest)
        for container in manifest["spec"]["containers"]:
            if container["name"] == "cloudsmith-oidc":
                container["image"] = self.image
            container["securityContext"] = rights.get(container["name"]) or container.get("securityContext", {})
        pod = running(f"kubernetes-test-{os.getpid()}", manifest)
        return self.make(self.end.enter_context(pod))


@pytest.fixture
def cluster(image: str, packages: Sandbox, pipeline: Pipeline, repository: Path) -> Iterator[Cluster]:
    with ExitStack() as end:
        yield Cluster(image, lambda pod: Build(pod, pipeline, packages, repository), end)


USERS: dict[str, dict[str, Any]] = {
    "one user": {},
    "a build as root": {"python": ROOT},
    "all but the agent as root": {"cloudsmith-oidc": ROOT, "python": ROOT},
}


@pytest.mark.parametrize("users", USERS)
def test_build_installs_a_package_and_leaves_no_login(cluster: Cluster, manifest: Manifest, users: str) -> None:
    build = cluster.build(manifest, **USERS[users])

    login = build.log_in()
    assert login.status == 0, login.log
    pointers = dict(line.split("=", 1) for line in login.output.splitlines())
    readable = build.by_agent(f"! cat {LOGIN}/env 2>/dev/null || true")
    assert bool(readable) == ("cloudsmith-oidc" not in USERS[users])

    body = build.sh(build.pipeline.inner, build.pipeline.body, **pointers)
    assert body.status == 0, body.log
    assert build.is_there(f"{WORKSPACE}/packages/acme_hello.py")

    logout = build.log_out()
    assert logout.status == 0, logout.log
    assert not build.is_there(LOGIN)
    secrets = [build.token, *build.sandbox.cloudsmith.issued]
    assert found(build.log, *secrets) == []


def test_logout_reports_files_that_root_added(cluster: Cluster, manifest: Manifest) -> None:
    build = cluster.build(manifest, python=ROOT)
    pointers = dict(line.split("=", 1) for line in build.log_in().output.splitlines())
    assert build.sh(build.pipeline.inner, 'mkdir -p "$DOCKER_CONFIG/of-root/deep"', **pointers).status == 0

    logout = build.log_out()

    assert logout.status == 8
    assert f"cannot remove all of {LOGIN}" in logout.log
    assert not build.is_there(f"{LOGIN}/pip.conf")


def test_no_step_begins_without_a_common_user(cluster: Cluster, manifest: Manifest) -> None:
    del manifest["spec"]["securityContext"]

    login = cluster.build(manifest).log_in()

    assert login.status is None
    assert "Permission denied" in login.log
