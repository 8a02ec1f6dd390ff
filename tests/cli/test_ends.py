"""Everything ends: whatever the other side of a read, a write or a request does, and whatever an answer holds."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloudsmith_oidc.deadline import Deadline
from program import PROGRAM, Cli, Result
from sandbox import faults

BOUND_SECONDS = 30
"""A hang is what takes this long: the time-outs are a second."""


def run(
    cli: Cli, *arguments: str, stdin: object = subprocess.DEVNULL, stdout: object = subprocess.PIPE, **environment: str
) -> Result:
    """Run the program, which has to end by itself."""
    given = {"CLOUDSMITH_OIDC_TOKEN": cli.sandbox.mint(), "CLOUDSMITH_TIMEOUT": "1", **environment}
    done = subprocess.run(  # type: ignore[call-overload]
        [PROGRAM, *arguments],
        env=cli.environment | given,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
        timeout=BOUND_SECONDS,
    )
    return Result(done.returncode, done.stdout or b"", done.stderr.decode())


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe of which this test holds both ends, so that neither sees an end."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def test_standard_input_without_end(cli: Cli) -> None:
    with pipe() as (reading, writing):
        os.write(writing, cli.sandbox.mint().encode() + b"\n")
        result = run(cli, "login", "--output", str(cli.directory), "--token-stdin", stdin=reading)

    assert result.code == 3
    assert "there is no ID token: standard input did not end in time" in result.last_line


def test_standard_output_that_nobody_reads(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("from cloudsmith_oidc import streams\nstreams._PATIENCE_SECONDS = 0.3\n")
    with pipe() as (_, writing):
        os.set_blocking(writing, False)
        while True:
            try:
                os.write(writing, b"\0" * 4096)
            except BlockingIOError:
                break
        os.set_blocking(writing, True)
        result = run(cli, "login", "--output", "-", "--root", "/login", stdout=writing, PYTHONPATH=str(tmp_path))

    assert result.code == 8
    assert "nobody has read it for 0.3 seconds" in result.last_line


MIB = 1024 * 1024
TEXTS: dict[str, str] = {
    "beginnings of tokens": "eyJ" * (MIB // 3 - 100),
    "beginnings of tokens in base64": "ZXlK" * (MIB // 4 - 100),
    "beginnings of tokens at another place": "GV5Si" * (MIB // 5 - 100),
    "dots": "eyJ." * (MIB // 4 - 100),
    "escapes": "%2E" * (MIB // 3 - 100),
    "one letter": "a" * (MIB - 100),
    "blanks": " " * (MIB - 100),
}
BODIES: dict[str, Callable[[], bytes]] = {
    "nested lists": lambda: b"[" * (MIB - 1),
    "nested objects": lambda: b'{"detail":' * (MIB // 10 - 1),
    "a number": lambda: b'{"token":' + b"9" * (MIB - 100) + b"}",
    "many fields": lambda: b'{"detail":"no","fields":{' + b",".join(b'"%d":0' % n for n in range(80_000)) + b"}}",
    "one key, many times": lambda: b"{" + b",".join([b'"detail":""'] * 80_000) + b"}",
}


@pytest.mark.parametrize("name", [*TEXTS, *BODIES])
@pytest.mark.parametrize("status", [201, 401])
def test_megabyte_in_an_answer(cli: Cli, name: str, status: int) -> None:
    said = {"token" if status == 201 else "detail": TEXTS.get(name)}
    fault = faults.document(said, status) if name in TEXTS else faults.body(BODIES[name](), status)
    cli.sandbox.faults.always("exchange", fault)

    result = run(cli, "login", "--output", str(cli.directory))

    assert result.code == {201: 7, 401: 4}[status]
    assert max(map(len, result.stderr.splitlines())) < 2000


@pytest.mark.parametrize("value", ["9" * 20_000, "," * 20_000, "eyJ" * 7_000, "(" * 20_000, "a@" * 10_000])
def test_long_headers(cli: Cli, value: str) -> None:
    fault = faults.status(503)
    for name in ("Date", "Age", "Retry-After", "Content-Type"):
        fault = faults.header(fault, name, value)
    cli.sandbox.faults.add("exchange", fault)
    cli.sandbox.faults.add("exchange", faults.redirect(value))

    result = run(cli, "login", "--output", str(cli.directory), "--timeout", "5")

    assert result.code in {6, 7}
    assert max(map(len, result.stderr.splitlines())) < 2000


@pytest.mark.parametrize("text", ["eyJ" * 40_000, "a." * 60_000, "=" * 120_000, "[" * 120_000])
def test_long_arguments(cli: Cli, text: str) -> None:
    options = ["--org", "--service", "--repo", "--domain", "--api-host", "--npm-scope", "--timeout", "--format", text]

    result = run(cli, "login", "--output", "-", *(word for option in options for word in (option, text)))

    assert result.code == 2
    assert len(result.stderr) < 5000


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_while_python_imports_leaves_no_traceback(cli: Cli, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nclass Finder:\n    def find_spec(self, name, *_):\n        if name == 'cloudsmith_oidc.cli':\n"
        f"            import os\n            os.kill(os.getpid(), {number})\nsys.meta_path.insert(0, Finder())\n"
    )

    result = run(cli, "formats", PYTHONPATH=str(tmp_path))

    assert (result.code, result.stdout, result.stderr) == (128 + number, b"", "")


def test_no_time_is_left_after_a_deadline() -> None:
    assert Deadline(-1).remaining() == 0


def test_call_that_never_ends_does_not_keep_python() -> None:
    code = "import threading; from cloudsmith_oidc.deadline import Deadline; Deadline(0.1).run(threading.Event().wait)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)
    assert done.stderr.endswith("TimeoutError\n")
