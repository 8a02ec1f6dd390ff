"""A pod, as far as an engine without Kubernetes can run it."""

import copy
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]
AGENT = "/home/jenkins/agent"


def with_agent(pod: Manifest) -> Manifest:
    """Add what Jenkins adds to a pod (kubernetes-plugin, PodTemplateBuilder): the agent, and its volume for all."""
    pod = copy.deepcopy(pod)
    spec = pod["spec"]
    # In the place of jenkins/inbound-agent, whose user is 1000, is the image of another container.
    agent = {"name": "jnlp", "image": spec["containers"][-1]["image"], "command": ["sleep"], "args": ["infinity"]}
    user = spec.get("securityContext", {}).get("runAsUser", 1000)
    spec["containers"].append(agent | {"securityContext": {"runAsUser": user}})
    spec.setdefault("volumes", []).append({"name": "workspace-volume", "emptyDir": {}})
    for container in spec["containers"]:
        mounts = container.setdefault("volumeMounts", [])
        mounts.append({"name": "workspace-volume", "mountPath": AGENT})
    return pod


@dataclass
class Pod:
    """A pod that runs."""

    engine: str
    name: str

    def run(self, container: str, script: str) -> "subprocess.CompletedProcess[str]":
        """Have a shell in a container read a script, as `ContainerExecDecorator` does."""
        command = [self.engine, "exec", "-i", f"{self.name}-{container}", "sh"]
        return subprocess.run(command, input=script, capture_output=True, text=True, check=False)


@contextmanager
def running(engine: str, name: str, manifest: Manifest, folder: Path) -> Iterator[Pod]:
    """Run the pod by `docker` or `podman`. Its images have to be there."""
    manifest = copy.deepcopy(manifest) | {"metadata": {"name": name}}
    spec = manifest["spec"]
    containers = [f"{name}-{container['name']}" for container in spec["containers"]]
    volumes = [f"{name}-{volume['name']}" for volume in spec["volumes"]]
    try:
        for volume in volumes:
            make_volume(
                engine, volume, spec["containers"][0]["image"], spec.get("securityContext", {}).get("fsGroup", 0)
            )
        if engine == "podman":
            spec["hostNetwork"] = True  # the sandbox is on this machine
            for volume in spec["volumes"]:
                assert volume.pop("emptyDir") == {}
                volume["persistentVolumeClaim"] = {"claimName": f"{name}-{volume['name']}"}
            (folder / "pod.yaml").write_text(yaml.safe_dump(manifest))
            call("podman", "kube", "play", str(folder / "pod.yaml"))
        else:
            for container in spec["containers"]:
                call("docker", "run", "--detach", "--network", "host", *arguments(name, spec, container))
        yield Pod(engine, name)
    finally:
        if engine == "podman":
            subprocess.run(["podman", "pod", "rm", "--force", "--time", "0", name], capture_output=True, check=False)
        else:
            subprocess.run(["docker", "rm", "--force", *containers], capture_output=True, check=False)
        subprocess.run([engine, "volume", "rm", "--force", *volumes], capture_output=True, check=False)


def make_volume(engine: str, name: str, image: str, group: int) -> None:
    """Make what the kubelet makes of an `emptyDir` for an `fsGroup`: all can write, and the group is inherited."""
    call(engine, "volume", "create", name)
    script = f"chgrp {group} /volume && chmod 2777 /volume"
    options = ["--rm", "--network", "none", "--user", "0", "--volume", f"{name}:/volume", "--entrypoint", "sh"]
    call(engine, "run", *options, image, "-c", script)


def arguments(pod: str, spec: Manifest, container: Manifest) -> list[str]:
    """Say in Docker's words what a pod says of a container."""
    rights = spec.get("securityContext", {}) | container.get("securityContext", {})
    words = ["--name", f"{pod}-{container['name']}"]
    if "runAsUser" in rights:
        words += ["--user", f"{rights['runAsUser']}:{rights.get('runAsGroup', 0)}"]
    words += [word for right in rights.get("capabilities", {}).get("drop", []) for word in ("--cap-drop", right)]
    if rights.get("allowPrivilegeEscalation") is False:
        words += ["--security-opt", "no-new-privileges"]
    if rights.get("readOnlyRootFilesystem"):
        words.append("--read-only")
    for variable in container.get("env", []):
        words += ["--env", f"{variable['name']}={variable['value']}"]
    for mount in container["volumeMounts"]:
        words += ["--volume", f"{pod}-{mount['name']}:{mount['mountPath']}"]
    [program] = container["command"]
    return [*words, "--entrypoint", program, container["image"], *container["args"]]


def call(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{shlex.join(command)}: {result.stderr}"
