"""Registries that are real servers, each a process on loopback that asks for no login."""

import os
import signal
import socket
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import httpx

from sandbox.faults import Answer
from sandbox.network import Request
from sandbox.registries.base import NOT_FOUND, Call, MissingError, Registry

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
    """A registry that `command` starts on a port. One server holds the packages of all repositories."""

    def __init__(self, state: Path, version: str, command: Callable[[int], list[str]]) -> None:
        super().__init__(state, version)
        self._known = defaultdict(set[str], {repo: set(names) for repo, names in self.packages.items()})
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

    def package(self, call: Call) -> str | None:
        """Return the name of the package that a request is about, None if it is about no single package."""
        raise NotImplementedError

    def answer(self, call: Call) -> Answer:
        """Forward the request, unless the package belongs to another repository."""
        name = self.package(call)
        if name and call.request.method in {"PUT", "POST"}:
            self._known[call.repo].add(name)
        if name and name not in self._known[call.repo]:
            return NOT_FOUND
        return self.forward(call.request, "", call.rest, call.public)

    def publish(self, method: str, path: str, content: bytes = b"", media_type: str = "") -> httpx.Response:
        """Send a request that must succeed."""
        headers = {"Content-Type": media_type or "application/octet-stream"}
        return self._client.request(method, path, content=content, headers=headers).raise_for_status()

    def forward(self, request: Request, base: str, rest: str, public: str) -> Answer:
        """Forward a request. In the answer, the public address takes the place of the backend's own."""
        hop_by_hop = {"host", "connection", "authorization", "accept-encoding", "transfer-encoding", "content-length"}
        headers = {name: value for name, value in request.headers.items() if name not in hop_by_hop}
        # The addresses in a compressed answer could not be replaced.
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
