"""Registries that are processes of their own: real servers, on loopback and anonymous."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from sandbox.faults import Answer
from sandbox.network import Request
from sandbox.registries.base import MissingError, Registry

START_SECONDS = 60.0
STOP_SECONDS = 20.0

WATCHED = """exec 3<&0
"$@" </dev/null 3<&- & child=$!
{ cat <&3 >/dev/null; kill "$child"; } & watcher=$!
wait "$child"; status=$?
kill "$watcher"; exit "$status"
"""
"""Runs a command until it ends or stdin is closed, which also happens when the parent dies."""


class ChildRegistry(Registry):
    """A registry in a process of its own, which `command` starts on a port."""

    def __init__(self, state: Path, version: str, command: Callable[[int], list[str]]) -> None:
        super().__init__(state, version)
        log = state / "log"
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
        # Its text may have to be changed, and is passed on as it then is.
        headers["Accept-Encoding"] = "identity"
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
        # npm's clients ask for application/vnd.npm.install-v1+json, and get the addresses of archives in it.
        if "json" in answer.headers.get("content-type", ""):
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
