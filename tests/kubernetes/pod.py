"""A pod, as far as Docker without Kubernetes can run it."""

import copy
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Manifest = dict[str, Any]
AGENT = "/home/jenkins/agent"


def with_agent(pod: Manifest) -> Manifest:
    """Add what Jenkins adds to a pod (kubernetes-plugin, PodTemplateBuilder): the agent, and its volume for all."""
    pod = copy.deepcopy(pod)
    spec = pod["spec"]
    # The image of another container takes the place of jenkins/inbound-agent, whose user is 1000.
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
    """A running pod."""

    name: str

    def run(self, container: str, script: str) -> "subprocess.CompletedProcess[str]":
        """Have a shell in a container read a script, as `ContainerExecDecorator` does."""
        command = ["docker", "exec", "-i", f"{self.name}-{container}", "sh"]
        return subprocess.run(command, input=script, capture_output=True, text=True, check=False)


@contextmanager
def running(name: str, manifest: Manifest) -> Iterator[Pod]:
    """Run the pod, whose images must be there."""
    spec = manifest["spec"]
    containers = [f"{name}-{container['name']}" for container in spec["containers"]]
    volumes = [f"{name}-{volume['name']}" for volume in spec["volumes"]]
    group = spec.get("securityContext", {}).get("fsGroup", 0)
    try:
        for volume in volumes:
            make_volume(volume, spec["containers"][0]["image"], group)
        for container in spec["containers"]:
            call("docker", "run", "--detach", "--network", "host", *arguments(name, spec, container))
        yield Pod(name)
    finally:
        subprocess.run(["docker", "rm", "--force", *containers], capture_output=True, check=False)
        subprocess.run(["docker", "volume", "rm", "--force", *volumes], capture_output=True, check=False)


def make_volume(name: str, image: str, group: int) -> None:
    """Make what the kubelet makes of an `emptyDir` for an `fsGroup`: all can write, and the group is inherited."""
    call("docker", "volume", "create", name)
    script = f"chgrp {group} /volume && chmod 2777 /volume"
    options = ["--rm", "--network", "none", "--user", "0", "--volume", f"{name}:/volume", "--entrypoint", "sh"]
    call("docker", "run", *options, image, "-c", script)


def arguments(pod: str, spec: Manifest, container: Manifest) -> list[str]:
    """Translate a container of a pod to arguments of `docker run`."""
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
