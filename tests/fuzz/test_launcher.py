"""Whatever the program, the home directory or the environment gives the launcher."""

import re
import shutil
import sys
from contextlib import suppress
from io import TextIOWrapper
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.given_token import fetch
from fuzz.values import DEAR
from launcher.agent import SET, Agent, lines

EXEC = "import os, sys; os.execve(sys.argv[1], sys.argv[1:], os.environ | {variables!r})"
GOOD = lines(SET)
TEXT = re.compile(rb"([ -\[\]-~]|\\0[0-3][0-7]{2})*")
CODE = re.compile(rb"\\0([0-7]{3})")
PLAIN = re.compile(r"\.?[A-Za-z0-9_@+][A-Za-z0-9_.@+-]*(/\.?[A-Za-z0-9_@+][A-Za-z0-9_.@+-]*){0,4}")
PIECES = st.sampled_from(
    [*GOOD.splitlines(keepends=True), b"end\n", b"x/../y {}\n", b"env A=1\n", b"a/b \\0303\\0251\n", b"\r\n"]
)
BYTES = st.binary(max_size=3) | st.sampled_from(
    [b"\n", b" ", b"\0", b"/", b".", b"=", b"$(id)", b"\xff", b"\\", b"'", b"../"]
)
ANSWERS = st.builds(
    lambda at, cut, more: GOOD[: at % len(GOOD)] + more + GOOD[at % len(GOOD) + cut :],
    st.integers(0, 1000),
    st.integers(0, 9),
    BYTES,
) | st.lists(PIECES, max_size=8).map(b"".join)


@DEAR
@given(ANSWERS)
@example(b"login.json e30K\nenv /w0K\nend\n")
def test_any_answer_is_written_as_it_is_or_not_at_all(agent: Agent, answer: bytes) -> None:
    agent.has("cloudsmith-oidc")
    (agent.stage / "answer").write_bytes(answer)

    process = agent.start("login", "d")
    assert isinstance(process.stdout, TextIOWrapper)
    out = process.stdout.buffer.read()  # `env` may be no text.
    _, err = process.communicate(timeout=100)

    tree = {path: mode for path, mode in agent.tree().items() if path.startswith("workspace/")}
    if process.returncode:
        assert (process.returncode, out, tree, err.count("\n")) == (8, b"", {}, 1)
    else:
        *given_files, end = [line.split(b" ", 1) for line in answer.replace(b"\0", b"").rstrip(b"\n").split(b"\n")]
        assert end == [b"end"]
        assert all(TEXT.fullmatch(text) for _, text in given_files)
        files = {path.decode(): CODE.sub(lambda code: bytes([int(code[1], 8)]), text) for path, text in given_files}
        top = agent.workspace / "d"
        assert {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()} == files
        assert all(PLAIN.fullmatch(path) for path in files)
        assert out == files["env"]
        assert agent.run("logout", "--force", "d").status == 0


HOME_FILES = [".docker/config.json", ".npmrc", ".netrc", ".curlrc", ".docker/contexts/meta/{}/meta.json", "{}"]
NAMES = st.text(
    st.sampled_from("ab.-_@+ *?$'\"\n\\é[") | st.characters(exclude_characters="/\0", codec="utf-8"),
    min_size=1,
    max_size=8,
)


@DEAR
@given(st.dictionaries(st.builds(str.format, st.sampled_from(HOME_FILES), NAMES), BYTES, max_size=5))
def test_any_file_at_home_is_passed_on_as_it_is(agent: Agent, files: dict[str, bytes]) -> None:
    agent.has("docker")
    home = agent.stage / "home"
    shutil.rmtree(home, ignore_errors=True)
    for name, content in files.items():
        with suppress(OSError):  # .. and what is a file already
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(content)
    (agent.stage / "calls").unlink(missing_ok=True)

    result = agent.run("login", "d", HOME=str(home), CLOUDSMITH_INHERIT="true")

    assert (result.status, result.err) == (0, "")
    with patch("cloudsmith_oidc.streams.read", lambda _: agent.run_call.stdin.encode()):
        given_token = fetch(Deadline(10), stdin=True, file=None)
    assert (given_token.text, given_token.ca_bundle, given_token.api_key) == (agent.token, None, "")
    assert repr(given_token) == "GivenToken()"
    for name, content in given_token.files.items():
        assert content == (b"" if name == ".curlrc" else (home / name).read_bytes())
    assert given_token.files.keys() <= files.keys()
    assert {*HOME_FILES} & files.keys() <= given_token.files.keys()


@DEAR
@given(
    st.dictionaries(
        st.text(st.sampled_from("AzPIP_npm1 @:/.-*$\n\"'`\\é"), min_size=1, max_size=12)
        | st.sampled_from(["PIP_A", "npm_a", "IFS", "ENV", "PS4"]),
        st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=9)
        | st.just("1\nexport PIP_X=1\nPATH=/x"),
        max_size=4,
    )
)
def test_any_variable_is_no_more_than_a_name(agent: Agent, variables: dict[str, str]) -> None:
    agent.has("cloudsmith-oidc")
    (agent.stage / "calls").unlink(missing_ok=True)
    # A shell would not pass on names that it has no variables for.
    shell, agent.shell = agent.shell, [sys.executable, "-c", EXEC.format(variables=variables), *agent.shell]

    result = agent.run("login", "d")

    agent.shell = shell
    assert (result.status, result.err) == (0, "")
    environment = agent.run_call.env
    assert environment["PATH"] == str(agent.bin)
    assert not variables.keys() & environment.keys() - {"PATH"}
    names = environment["CLOUDSMITH_OIDC_AROUND"].split()
    others = {"PIP_X", "LC_CTYPE", "PWD"}  # a line that looks like a variable, and those that Python and the shell set
    assert {*names} <= {word for name in variables for word in name.split()} | agent.env.keys() | others
