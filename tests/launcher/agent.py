"""An agent to run the launcher on: one shell, the few tools that the launcher may use, and stand-ins for the rest."""

import json
import os
import secrets
import select
import shutil
import signal
import stat
import string
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from cloudsmith_oidc import __version__
from needs import need
from program import obey_modes
from sandbox import Sandbox

SHELLS = {"dash": ["dash"], "bash": ["bash", "--posix"], "busybox": ["busybox", "sh"]}
IN_EVERY_SHELL = pytest.mark.parametrize("agent", SHELLS, indirect=True)
"""For tests of what shells do differently. The others run in dash."""
TOOLS = (
    *("base64", "cat", "chmod", "date", "env", "find", "flock", "grep", "head", "id", "mkdir", "mktemp", "mv"),
    *("od", "pwd", "readlink", "rm", "rmdir", "sed", "sleep", "timeout", "tr"),
)
"""All that the launcher may expect of a machine."""
ON_NAMES = ("chmod", "env", "find", "flock", "mkdir", "mktemp", "mv", "rm", "rmdir")
"""Those that work on names of files."""

HANGS = "echo $$ >>$stage/pids; exec $sleep 600"
IGNORES_TERM = 'trap "" TERM; echo $$ >>$stage/pids; while :; do $sleep 1; done'
"""Scripts that never end; see `Agent.left`."""

PLAIN = {*string.printable} - {*string.whitespace} - {"\\"} | {" "}
SET = {
    "pip.conf": "[global]\n",
    "docker/config.json": '{"auths": {}}\n',
    "env": "PIP_CONFIG_FILE=…\nDOCKER_CONFIG=…\n",
    "activate": "export PIP_CONFIG_FILE=…\n",
    "login.json": "{}\n",
}
OTHER = {"env": "NPM_CONFIG_USERCONFIG=…\n", "login.json": "{}\n", ".npmrc": "registry=…\n"}
"""What two logins for different clients write."""


@dataclass
class Behaviour:
    """How a stand-in behaves."""

    status: int = 0
    blocks: bool = False
    answers: bool = True
    image: str = f"cloudsmith-oidc:{__version__}"
    pulls: bool = False


@dataclass
class Call:
    """How a stand-in was called."""

    argv: list[str]
    env: dict[str, str]
    stdin: str
    pid: int


@dataclass
class Result:
    status: int
    out: str
    err: str


def lines(files: Mapping[str, str]) -> bytes:
    """The program's answer: one line a file, the record first, and a last line that shows that none is missing."""
    ordered = sorted(files.items(), key=lambda file: file[0] != "login.json")
    return "".join([*(f"{path} {escaped(text)}\n" for path, text in ordered), "end\n"]).encode()


def escaped(text: str) -> str:
    return "".join(chr(byte) if chr(byte) in PLAIN else f"\\0{byte:03o}" for byte in text.encode())


class Agent:
    """A machine. Its PATH is one directory with nothing but `TOOLS` and the stand-ins asked for."""

    def __init__(self, home: Path, shell: str, launcher: Path) -> None:
        need(SHELLS[shell][0])
        self.shell = [str(shutil.which(SHELLS[shell][0])), *SHELLS[shell][1:]]
        self.launcher = launcher
        self.bin, self.stage, self.workspace, self.tmp = (home / name for name in ("bin", "stage", "workspace", "tmp"))
        for folder in (self.bin, self.stage, self.workspace, self.tmp):
            folder.mkdir()
        self.tools = {name: [str(shutil.which(name))] for name in TOOLS}
        if shell == "busybox":
            applets = subprocess.run(["busybox", "--list"], capture_output=True, text=True, check=True).stdout.split()
            self.tools |= {name: [self.shell[0], name] for name in TOOLS if name in applets}
        for name in TOOLS:
            self.plain(name)
        self.token = ".".join(secrets.token_urlsafe(40) for _ in range(3))
        self.env = {
            "PATH": str(self.bin),
            "TMPDIR": str(self.tmp),
            "WORKSPACE": str(self.workspace),
            "CLOUDSMITH_OIDC_TOKEN": self.token,
        }
        self.prelude = ":"
        """What a shell does before it becomes the launcher's."""
        self.answers(SET)
        os.mkfifo(self.stage / "started")
        os.mkfifo(self.stage / "go")
        self.processes: list[subprocess.Popen[str]] = []

    # given

    def plain(self, name: str) -> None:
        """Put a tool on PATH. Busybox looks at the name to know which of its tools it is."""
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).symlink_to(self.tools[name][0])

    def script(self, name: str, text: str) -> None:
        """Put a program on PATH. `$stage` and `$sleep` in its text are this agent's."""
        path = self.bin / name
        text = text.replace("$stage", str(self.stage)).replace("$sleep", str(shutil.which("sleep")))
        path.unlink(missing_ok=True)  # the link to a tool must not be written through
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def has(self, name: str, **behaviour: Any) -> None:
        """Put a stand-in for cloudsmith-oidc, docker or podman on PATH; see `Behaviour`."""
        (self.stage / f"{name}.json").write_text(json.dumps(asdict(Behaviour(**behaviour))))
        stand_in = Path(__file__).with_name("stand_in.py")
        self.script(name, f'exec {sys.executable} -I -S {stand_in} {self.stage} {name} "$@"')

    def enters(self, sandbox: Sandbox) -> None:
        """Log in to the sandbox's Cloudsmith."""
        self.token = sandbox.mint()
        self.env |= sandbox.environment() | {
            "CLOUDSMITH_OIDC_TOKEN": self.token,
            "CLOUDSMITH_ORG": sandbox.org,
            "CLOUDSMITH_SERVICE_SLUG": sandbox.service,
            "CLOUDSMITH_REPO": "prod",
        }

    def answers(self, files: Mapping[str, str]) -> None:
        """Set what the program writes when it logs in."""
        (self.stage / "answer").write_bytes(lines(files))

    def hurries(self, hanging: str) -> None:
        """Let time pass at once for commands that fit a pattern, because they hang: after half a second they are late.

        `bounds` has the seconds that the launcher would give to each command.
        """
        timeout, date = (" ".join(self.tools[name]) for name in ("timeout", "date"))
        late = self.stage / "late"
        self.script(
            "timeout",
            f"""
            seconds=$3
            shift 3
            echo "$seconds $1" >>{self.stage}/bounds
            case "$1:$2" in {hanging}) echo >{late}; exec {timeout} -k 0.5 0.5 "$@" ;; esac
            exec {timeout} -k 2 $seconds "$@"
            """,
        )
        self.script("date", f"now=$({date} +%s)\n[ ! -e {late} ] || now=$((now + 600))\necho $now")

    @property
    def bounds(self) -> list[str]:
        """What `hurries` wrote down."""
        return (self.stage / "bounds").read_text().splitlines()

    def watches_tools(self) -> None:
        """From now on `tool_calls` has the arguments and the environment of each tool."""
        for name, command in self.tools.items():
            note = f'{{ echo "ARGV {name} $*"; {shutil.which("env")}; }} >>{self.stage}/tools'
            self.script(name, f'{note}\nexec {" ".join(command)} "$@"')

    @contextmanager
    def after_uses(self, number: int, action: str, tools: Iterable[str] = TOOLS) -> Iterator[Callable[[], bool]]:
        """Run a line of a shell, `action`, after each use of a tool from this one on.

        Gives a function that returns whether there were so many uses.
        """
        uses = self.stage / "uses"
        uses.write_text("")
        for tool in {*tools} - {"sleep"}:
            self.script(
                tool,
                f"""
                trap "" TERM
                {" ".join(self.tools[tool])} "$@"
                status=$?
                echo >>{uses}
                use=0
                while read -r _; do use=$((use + 1)); done <{uses}
                [ $use -lt {number} ] || {{ {action}; }}
                exit $status
                """,
            )
        yield lambda: len(uses.read_text()) >= number
        for tool in tools:
            self.plain(tool)

    # when

    def start(self, *arguments: str, options: str = "", **env: str) -> subprocess.Popen[str]:
        """Start the launcher; `options` are the shell's."""
        launcher = str(self.launcher)
        process = subprocess.Popen(
            ["/bin/sh", "-c", f'{self.prelude}; exec "$@"', "sh", *self.shell, *options.split(), launcher, *arguments],
            cwd=self.workspace,
            env=self.env | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=_as_for_a_user,  # noqa: PLW1509 - no threads yet, and nothing else can undo an ignored signal
        )
        self.processes.append(process)
        return process

    def run(self, *arguments: str, options: str = "", **env: str) -> Result:
        """Run the launcher to its end. Only one that hangs reaches the limit."""
        process = self.start(*arguments, options=options, **env)
        out, err = process.communicate(timeout=100)
        return Result(process.returncode, out, err)

    @contextmanager
    def started(self, *arguments: str, **env: str) -> Iterator[subprocess.Popen[str]]:
        """Start the launcher and wait until the program, a stand-in that blocks, is at work."""
        started = os.open(self.stage / "started", os.O_RDONLY | os.O_NONBLOCK)
        process = self.start(*arguments, **env)
        ready, _, _ = select.select([started], [], [], 60)
        assert ready, "the program was not started"
        os.close(started)
        yield process

    def kill(self) -> None:
        """Kill the launchers and all that they started, with no chance to clean up."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe:  # A program that is left may still hold the other end.
                    pipe.close()

    # then

    @property
    def left(self) -> list[str]:
        """The processes of scripts that have not ended."""
        started = self.stage / "pids"
        return [pid for pid in (started.read_text().split() if started.exists() else []) if not ended(int(pid))]

    @property
    def calls(self) -> list[Call]:
        """All calls of stand-ins."""
        path = self.stage / "calls"
        return [Call(**json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def run_call(self) -> Call:
        """The one call that ran the program."""
        (call,) = [call for call in self.calls if call.stdin]
        return call

    @property
    def tool_calls(self) -> str:
        """What `watches_tools` wrote down."""
        return (self.stage / "tools").read_text()

    @property
    def containers(self) -> list[str]:
        """Those of the engine that run the agent's own image, ended ones too."""
        return docker("ps", "--all", "--quiet", "--filter", f"ancestor={self.env['CLOUDSMITH_OIDC_IMAGE']}").split()

    def tree(self) -> dict[str, str]:
        """All that is in the workspace and in the temporary directory: path, and mode or target."""
        return {
            str(path.relative_to(top.parent)): str(path.readlink()) if path.is_symlink() else f"{_mode(path):o}"
            for top in (self.workspace, self.tmp)
            for path in sorted(top.rglob("*"))
        }

    def files(self, directory: str) -> dict[str, str]:
        """What is in a directory of the workspace."""
        top = self.workspace / directory
        return {str(path.relative_to(top)): path.read_text() for path in sorted(top.rglob("*")) if path.is_file()}


def docker(*arguments: str) -> str:
    """Return what the engine answers."""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout


def ended(pid: int) -> bool:
    """Whether a process has ended, or does within a minute: the system takes a moment to end one that is killed."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([descriptor], [], [], 60)
    os.close(descriptor)
    return bool(ready)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def _as_for_a_user() -> None:
    obey_modes()
    # A shell cannot trap what it is told to ignore from the start, as background jobs are.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
