"""Run the sandbox in the foreground: `python -m sandbox --state DIR`. See README.md."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from sandbox import Sandbox

RENEWAL_SECONDS = 600


def main() -> None:
    """Start, print one line of JSON, and stay until a signal, or until the end of standard input if asked to."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--state", type=Path, help="folder for sandbox.env, ca.pem, id-token and api-key")
    parser.add_argument("--issuer", action="append", default=[], help="trust this issuer too, e.g. of a real Jenkins")
    parser.add_argument("--claim", action="append", default=[], metavar="NAME=VALUE", help="demand it of those issuers")
    parser.add_argument("--packages", action="store_true", help="start the registries now instead of on first use")
    parser.add_argument("--until-eof", action="store_true", help="end with standard input")
    options = parser.parse_args()

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    if options.until_eof:
        threading.Thread(target=_wait_for_eof, args=(ended,), daemon=True).start()

    with Sandbox(packages=options.packages) as sandbox:
        state = options.state or sandbox.state
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        for issuer in options.issuer:
            sandbox.trust(issuer, dict(claim.split("=", 1) for claim in options.claim))
        _write(state / "id-token", sandbox.mint())
        _write(state / "api-key", sandbox.api_key())
        _write(state / "sandbox.env", sandbox.shell_environment())
        sys.stdout.write(json.dumps(_description(sandbox, state)) + "\n")
        sys.stdout.flush()
        while not ended.wait(RENEWAL_SECONDS):
            _write(state / "id-token", sandbox.mint())


def _wait_for_eof(ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):  # unbuffered: Python could not end while a thread waits in a buffer
        pass
    ended.set()


def _description(sandbox: Sandbox, state: Path) -> dict[str, object]:
    return {
        "org": sandbox.org,
        "service": sandbox.service,
        "repos": sandbox.repos,
        "issuer": sandbox.issuer.url,
        "proxy_url": sandbox.proxy_url,
        "api_url": sandbox.api_url,
        "jenkins_url": sandbox.jenkins_url,
        "dl_url": sandbox.url("dl"),
        "npm_url": sandbox.url("npm"),
        "docker_host": sandbox.host("docker"),
        "ca_file": str(sandbox.ca_file),
        "env_file": str(state / "sandbox.env"),
        "id_token_file": str(state / "id-token"),
        "api_key_file": str(state / "api-key"),
        "missing": sandbox.missing,
    }


def _write(file: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
        output.write(text)
    draft.replace(file)


if __name__ == "__main__":
    main()
