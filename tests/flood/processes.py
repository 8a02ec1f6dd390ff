"""A flood of real processes: `cloudsmith-oidc login` against the sandbox, in real time."""

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from flood.flood import Flood, Login, Outcome
from program import Cli
from sandbox import Sandbox
from sandbox.limit import RateLimit

AT_ONCE = 4
"""So many processes are started at the same time."""


def run(flood: Flood, sandbox: Sandbox, directory: Path) -> Outcome:
    """Let a flood of one login a build happen, which all come from this machine's address.

    Most of the time of a short process goes into starting Python, and a small machine cannot start many in a minute.
    So all processes are started before, and wait for the ID token at a named pipe.
    """
    cli = Cli(sandbox, directory)
    # Without TLS, and without looking at the issuer, the sandbox has time for more of them.
    cli.environment["CLOUDSMITH_API_HOST"] = sandbox.api_url
    sandbox.cloudsmith.providers[sandbox.org][0].jwks = sandbox.issuer.jwks()
    sandbox.cloudsmith.limit = RateLimit(flood.limit)
    starting = threading.Semaphore(AT_ONCE)
    id_token = sandbox.mint()
    moments: list[datetime] = []

    def begin() -> None:
        moments.append(datetime.now(UTC))
        flood.plan(sandbox.faults, lambda moment, call: threading.Timer(moment, call).start())

    all_wait = threading.Barrier(flood.builds, begin)

    def log_in(build: int) -> Login:
        pipe = directory / f"{build}.pipe"
        os.mkfifo(pipe)
        arguments = ["login", "--token-file", str(pipe), "--output", str(directory / str(build))]
        arguments += ["--timeout", str(flood.timeout), "--log-format", "json", "--log-level", "debug"]
        with starting:
            process = cli.start(*arguments, token="")
            giver = pipe.open("w")  # which waits until the process reads
        with process, giver:
            all_wait.wait()
            time.sleep(max(0, build * flood.within / flood.builds - (datetime.now(UTC) - moments[0]).total_seconds()))
            giver.write(id_token)
            giver.close()
            _, errors = process.communicate()
        lines = [json.loads(line) for line in errors.splitlines()]
        since = [(datetime.fromisoformat(line["timestamp"]) - moments[0]).total_seconds() for line in lines]
        texts = [line["event"] for line in lines]
        return Login.from_log(build, zip(since, texts, strict=True), process.returncode)

    with ThreadPoolExecutor(flood.builds) as pool:
        logins = list(pool.map(log_in, range(flood.builds)))
    return Outcome(logins, [(0, status) for _, status in sandbox.answers])
