"""Every row of faults.toml, with the real program in the sandbox's world, or with the real launcher."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from string import Template

import pytest

from cloudsmith_oidc import login_directory
from directory.writers import is_private
from faults import table
from faults.table import ROWS, UNTIL_THEN, Row
from in_process import InProcess
from launcher.agent import HANGS, IGNORES_TERM, Agent, Result
from needs import need
from program import PROGRAM, Cli
from sandbox import Sandbox, faults

HANGS_SECONDS = 30
"""What takes so long has hung: half of the default timeout, and far more than the timeouts of the rows."""


def rows(kind: str) -> pytest.MarkDecorator:
    """The rows of a kind; "" are those of no kind."""
    kinds = ("inject", "sh", "fails")
    chosen = [
        pytest.param(row, id=f"{area}: {wrong}")
        for area, rows in ROWS.items()
        for wrong, row in rows.items()
        if (getattr(row, kind) if kind else not any(getattr(row, other) for other in kinds))
    ]
    return pytest.mark.parametrize("row", chosen)


@pytest.fixture
def places(sandbox: Sandbox, tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """The words in braces."""
    os.mkfifo(tmp_path / "fifo")
    with ExitStack() as stack:
        silent, *waiting = [stack.enter_context(socket.socket()) for _ in range(4)]
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        for one in waiting:  # A full queue: Linux drops what comes later, as a firewall does.
            one.setblocking(False)
            one.connect_ex(silent.getsockname())
        yield {
            "closed": "127.0.0.1:1",
            "silent": f"127.0.0.1:{silent.getsockname()[1]}",
            "fifo": str(tmp_path / "fifo"),
            "proxy": sandbox.proxy_url.removeprefix("http://"),
        }


def run(command: Sequence[object], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a command, which ends by itself and leaves no process. Return its exit code and what it said."""
    process = subprocess.Popen(
        [*map(str, command)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, said = process.communicate(timeout=HANGS_SECONDS)
        assert out == ""
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, said


@rows("")
def test_program(cli: Cli, in_process: InProcess, tmp_path: Path, places: Mapping[str, str], row: Row) -> None:
    """What may hang, or changes the process, runs in one of its own."""
    sandbox, folder = cli.sandbox, tmp_path / "folder"
    folder.mkdir()
    sandbox.faults.add("exchange", *map(faults.NAMED.__getitem__, row.next))
    for endpoint, fault in {"exchange": row.always, "proxy": row.proxy}.items():
        if fault:
            sandbox.faults.always(endpoint, faults.NAMED[fault])
    if row.certificate:
        sandbox.network.certificates.flaws["api.cloudsmith.io"] = row.certificate  # type: ignore[assignment]
    sandbox.jenkins.clock.ahead = row.ahead
    token = sandbox.mint(**{"exp": int(time.time()) + row.expires} if row.expires else {})
    given = {name: value.format_map(places) for name, value in row.environment.items()}
    given |= {"https_proxy": given["HTTPS_PROXY"]} if "HTTPS_PROXY" in given else {}
    given |= {"CLOUDSMITH_TIMEOUT": str(row.timeout or 2 * HANGS_SECONDS), "PYTHONPATH": str(tmp_path)}
    arguments = ["login", "--output", f"{folder}/login", *(argument.format_map(places) for argument in row.arguments)]
    (tmp_path / "sitecustomize.py").write_text(row.python)

    if row.timeout or row.python or row.limits:
        shell = ["sh", "-c", f'ulimit {row.limits or "-c 0"}; exec "$@"', "sh"]
        code, said = run([*shell, PROGRAM, *arguments], cli.given(token, given))
    else:
        result = in_process.run(*arguments, token=token, **given)
        code, said = result.code, result.written

    assert code == row.exit, said
    assert row.says.format_map(places) in " ".join(said.replace("cloudsmith-oidc:     ", "").split())
    assert "hunter2" not in said
    # Cloudsmith itself asks the issuer. An attempt that reaches nothing shows by what is said of it.
    tunnels = [host for host in sandbox.network.tunnels if host != "jenkins.example.com"]
    attempts = max(len(tunnels), len(sandbox.exchange_requests), (code == 6) + said.count("tried again in"))
    assert attempts == row.attempts or (row.attempts == UNTIL_THEN and attempts > 0)
    assert [path.name for path in folder.iterdir()] == ["login"] * (code == 0)
    assert [*folder.glob("login/.cloudsmith-oidc*")] == []


WRITER = """
import sys
from pathlib import Path
from cloudsmith_oidc import login_directory
from cloudsmith_oidc.errors import WriteError
try:
    login_directory.write(Path(sys.argv[1]), dict.fromkeys(["pip.conf", "docker/config.json", "login.json"], "text"))
except WriteError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""
"""The part of the program that writes: the whole would take minutes here."""


@rows("inject")
def test_each_system_call(tmp_path: Path, row: Row) -> None:
    need("strace")
    folder, directory, trace = tmp_path / "folder", tmp_path / "folder/login", tmp_path / "trace"
    folder.mkdir()
    calls, _, what = row.inject.partition(":")
    strace = ["strace", "-f", "-qq", "-o", trace, "-e", f"trace={calls}"]
    if calls != "write":
        for path in (folder, directory, directory / "docker"):
            strace += ["-P", path]
    writer = [sys.executable, "-I", "-c", WRITER, directory]
    assert run([*strace, *writer], {}) == (0, "")
    assert is_private(directory)
    codes = set()
    for call, times in Counter(re.findall(r"(?m)^\d+ +(\w+)\(", trace.read_text())).items():
        for number in range(1, times + 1):
            login_directory.remove(directory, force=True)
            inject = f"inject={call}:{what.format(number=number)}"
            code, said = run([*strace, "-e", inject, *writer], {})
            codes.add(code)
            assert row.says in said or code == 0, (inject, said)
            if code > 0:
                assert [*folder.iterdir()] == [], inject
            login_directory.write(directory, {"login.json": "text"})
            assert [path.name for path in directory.iterdir()] == ["login.json"]
    assert row.exit in codes <= {row.exit, 0}


FULL = "import resource, sys; resource.prlimit(int(sys.argv[1]), resource.RLIMIT_FSIZE, (0, 0))"
"""From now on, a process writes nothing into files."""


@rows("sh")
def test_launcher(agent: Agent, sandbox: Sandbox, row: Row) -> None:
    agent.enters(sandbox)
    words = {
        "answer": f'{{ while [ "$1" != login ]; do shift; done; {PROGRAM} "$@"; }}',
        "hangs": HANGS,
        "ignores_term": IGNORES_TERM,
        "full": f"{sys.executable} -c '{FULL}'",
    }
    agent.prelude = "trap '' XFSZ"
    if row.hurry:
        agent.hurries(row.hurry)
    for name, text in row.sh.items():
        real = " ".join(agent.tools.get(name, []))
        agent.script(name, Template(text).safe_substitute(words, real=real))
    if row.sh.keys() <= agent.tools.keys():
        agent.script("cloudsmith-oidc", words["answer"])

    result = agent.run("login", "d")

    assert result.status == row.exit, result.err
    assert row.says in result.err
    assert len(sandbox.exchange_requests) == row.attempts
    assert agent.left == []
    assert_all_or_nothing(agent, result)


def assert_all_or_nothing(agent: Agent, result: Result) -> None:
    """A whole login and its variables, or nothing but a reason."""
    files = agent.files("d")
    if result.status == 0:
        assert {*files} == {*json.loads(files["login.json"])["files"]}
        assert result.out == files["env"]
    else:
        assert agent.tree() == {}
        assert result.err


@rows("fails")
def test_each_tool(agent: Agent, row: Row) -> None:
    names = ["login.json", "env", "docker/config.json"]
    agent.answers({name: json.dumps({"files": names}) for name in names})
    cat = " ".join(agent.tools["cat"])
    agent.script("cloudsmith-oidc", f"{cat} >/dev/null; exec {cat} $stage/answer")
    statuses = set()
    for number in count(1):
        with agent.after_uses(number, f"[ $use -ne {number} ] || status=1") as was_hit:
            result = agent.run("login", "d")
        if not was_hit():
            break
        statuses.add(result.status)
        assert_all_or_nothing(agent, result)
        shutil.rmtree(agent.workspace / "d", ignore_errors=True)
    assert row.exit in statuses
    assert statuses <= {0, 1, row.exit}


def test_page_is_up_to_date() -> None:
    assert table.PAGE.read_text() == table.written(table.PAGE.read_text()), "run: make generated"
