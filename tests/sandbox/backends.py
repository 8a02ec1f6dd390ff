"""The real registries behind the gate: pypiserver, verdaccio and docker-registry, all on loopback and anonymous."""

import fcntl
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import httpx

from needs import lacking
from sandbox import samples
from sandbox.faults import Answer
from sandbox.network import Request

INSTALL_SECONDS = 150.0
START_SECONDS = 60.0
STOP_SECONDS = 20.0
VERDACCIO = Path(__file__).parent / "verdaccio"

WATCHED = """exec 3<&0
"$@" </dev/null 3<&- & child=$!
{ cat <&3 >/dev/null; kill "$child"; } & watcher=$!
wait "$child"; status=$?
kill "$watcher"; exit "$status"
"""
"""Runs a command until it ends or stdin is closed, which also happens when the parent dies."""


class MissingError(Exception):
    """Why a backend cannot be had on this machine."""


class Backend(Protocol):
    """A registry that holds the samples."""

    def forward(self, request: Request, base: str, rest: str, public: str) -> Answer:
        """Pass on a request for the path `base` + `rest`, where the client sees `base` as the URL `public`."""

    def stop(self) -> None:
        """End it."""


class _Child:
    """A registry in a process of its own."""

    def __init__(self, command: Callable[[int], list[str]], log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["sh", "-c", WATCHED, "sh", *command(port)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._client = httpx.Client(base_url=self.url, trust_env=False, timeout=START_SECONDS)
        self._wait(log)

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise MissingError(f"it ended at once: {log.read_text(errors='replace')[-500:]}")
            try:
                self._client.get("/")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise MissingError(f"it did not answer within {START_SECONDS} s")

    def publish(self, method: str, path: str, content: bytes = b"", media_type: str = "") -> httpx.Response:
        """Send a request that must succeed."""
        headers = {"Content-Type": media_type or "application/octet-stream"}
        return self._client.request(method, path, content=content, headers=headers).raise_for_status()

    def forward(self, request: Request, base: str, rest: str, public: str) -> Answer:
        """Pass on a request; in the answer, the backend's own address becomes the public one."""
        hop_by_hop = {"host", "connection", "authorization", "accept-encoding", "transfer-encoding", "content-length"}
        headers = {name: value for name, value in request.headers.items() if name not in hop_by_hop}
        answer = self._client.request(
            request.method, base + rest, params=dict(request.query), headers=headers, content=request.body
        )
        own = self.url + base
        kept = {
            name: value.replace(own, public)
            for name, value in answer.headers.items()
            if name not in {"connection", "keep-alive", "transfer-encoding", "content-length", "date"}
        }
        if request.method == "HEAD" and "content-length" in answer.headers:
            kept["Content-Length"] = answer.headers["content-length"]
        content = answer.content
        if answer.headers.get("content-type", "").startswith("application/json"):
            content = content.replace(own.encode(), public.encode())
        return Answer(answer.status_code, content, kept)

    def stop(self) -> None:
        """End the process and wait for it; kill it if it does not end."""
        self._client.close()
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Pypiserver(_Child):
    """pypiserver of this Python, which never passes a client on to the public index."""

    def __init__(self, state: Path) -> None:
        folder = state / "pypiserver"
        wheels = folder / "packages"
        wheels.mkdir(parents=True)
        for names in samples.PIP.values():
            for name in names:
                samples.wheel(wheels, name)
        program = [sys.executable, "-m", "pypiserver", "run", "--disable-fallback", "-a", ".", "-P", "."]
        address = ["-i", "127.0.0.1", "-p"]
        super().__init__(lambda port: [*program, *address, str(port), str(wheels)], folder / "log")

    def forward(self, request: Request, base: str, rest: str, public: str) -> Answer:
        """Pass on a request; pypiserver makes public links itself when it is told the public address."""
        headers = request.headers.copy()
        headers["X-Forwarded-Host"] = public.partition("://")[2]
        headers["X-Forwarded-Proto"] = request.scheme
        return super().forward(replace(request, headers=headers), base, rest, public)


class Verdaccio(_Child):
    """verdaccio without an uplink, installed beside this file when it is not there yet."""

    def __init__(self, state: Path) -> None:
        script = VERDACCIO / "node_modules" / "verdaccio" / "bin" / "verdaccio"
        with (VERDACCIO / "package.json").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not script.exists():
                install = ["npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
                try:
                    subprocess.run(
                        install, cwd=VERDACCIO, capture_output=True, text=True, check=True, timeout=INSTALL_SECONDS
                    )
                except subprocess.CalledProcessError as problem:
                    raise MissingError(f"npm ci failed: {problem.stderr[:500]}") from None
                except subprocess.TimeoutExpired:
                    raise MissingError(f"npm ci did not end within {INSTALL_SECONDS} s") from None
        folder = state / "verdaccio"
        folder.mkdir()
        packages = {"**": {"access": "$all", "publish": "$anonymous"}}
        config = folder / "config.yaml"
        config.write_text(
            json.dumps(
                {
                    "storage": str(folder / "storage"),
                    "packages": packages,
                    "uplinks": {},
                    "web": {"enable": False},
                    "log": {"type": "stdout", "level": "warn"},
                }
            )
        )
        super().__init__(
            lambda port: ["node", str(script), "--config", str(config), "--listen", f"127.0.0.1:{port}"],
            folder / "log",
        )
        for names in samples.NPM.values():
            for name in names:
                document = json.dumps(samples.npm_publication(name)).encode()
                self.publish("PUT", f"/{quote(name, safe='@')}", document, "application/json")


class DockerRegistry(_Child):
    """Debian's docker-registry with the sample image in every repository."""

    def __init__(self, state: Path) -> None:
        folder = state / "docker-registry"
        folder.mkdir()
        config = folder / "config.yml"

        def command(port: int) -> list[str]:
            storage = {"filesystem": {"rootdirectory": str(folder / "storage")}, "redirect": {"disable": True}}
            http = {"addr": f"127.0.0.1:{port}"}
            config.write_text(
                json.dumps({"version": "0.1", "log": {"level": "error"}, "storage": storage, "http": http})
            )
            return ["docker-registry", "serve", str(config)]

        super().__init__(command, folder / "log")
        for repo, names in samples.DOCKER.items():
            for name in names:
                self._push(f"acme/{repo}/{name}", "1")

    def _push(self, name: str, tag: str) -> None:
        image = samples.image()
        for digest, content in image.blobs.items():
            location = self.publish("POST", f"/v2/{name}/blobs/uploads/").headers["Location"]
            self.publish("PUT", str(httpx.URL(location).copy_merge_params({"digest": digest})), content)
        self.publish("PUT", f"/v2/{name}/manifests/{tag}", image.manifest, image.media_type)


BACKENDS: Mapping[str, Callable[[Path], Backend]] = {
    "pip": Pypiserver,
    "npm": Verdaccio,
    "docker": DockerRegistry,
}


def missing() -> dict[str, str]:
    """The backends that cannot start on this machine, and what would have to be installed."""
    reasons: dict[str, str] = {}
    if importlib.util.find_spec("pypiserver") is None:
        reasons["pip"] = "pypiserver is not installed in this Python"
    if absent := lacking("node", "npm"):
        reasons["npm"] = absent
    if absent := lacking("docker-registry"):
        reasons["docker"] = absent
    return reasons
