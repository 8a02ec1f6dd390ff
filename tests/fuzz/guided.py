"""Run the tests of this directory on bytes that atheris chooses: it prefers those that reach new code of the program.

    make fuzz-guided ARGS='[--seconds 600] [-k NAME]'

hypothesis turns the bytes into input. Each test has a process of its own, which ends after that many seconds, or at the
first failure. Then .cache/examples has the input, which `make fuzz` repeats and makes smaller. The launcher's tests are
left out: atheris watches Python only.
"""

import os
import sys
import tempfile
from functools import wraps
from inspect import Signature, signature
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # `make fuzz-guided` installs it
import pytest

PYTEST = ["--config-file=python/pyproject.toml", "--rootdir=.", "-qqs", "--timeout=0", "--hypothesis-profile=hours"]
TESTS = ["tests/fuzz", "--ignore=tests/fuzz/test_launcher.py"]
ATHERIS = ["-timeout=60", "-verbosity=0", "-print_final_stats=1"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seconds", default="600", help="how long each test is tried")


def pytest_runtestloop(session: pytest.Session) -> bool:
    for item in session.items:
        sys.stderr.write(f"\n{item.nodeid}\n")
        if not (child := os.fork()):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            os._exit(1)  # Without a failure, atheris has ended the process.
        if os.waitpid(child, 0)[1]:
            session.testsfailed += 1
            sys.stderr.write(f"To repeat it: make fuzz ARGS='-n 0 -k {item.name}'\n")
    return True


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    test = pyfuncitem.obj
    inner = test.hypothesis.inner_test
    fixtures = {name: pyfuncitem.funcargs[name] for name in signature(test).parameters}
    test.hypothesis.inner_test = wraps(inner)(lambda **made: inner(**fixtures, **made))
    test.__signature__ = Signature()  # hypothesis makes the rest.
    corpus = tempfile.mkdtemp()
    for number in range(10):  # Most shorter ones would end before the test begins.
        Path(corpus, str(number)).write_bytes(os.urandom(2000))
    limits = [f"-max_total_time={pyfuncitem.config.getoption('seconds')}", f"-artifact_prefix={corpus}/"]
    atheris.Setup(["", *ATHERIS, *limits, corpus], test.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as tempfile.tempdir, atheris.instrument_imports(include=["cloudsmith_oidc"]):
        sys.exit(pytest.main([*PYTEST, *TESTS, *sys.argv[1:]], [sys.modules[__name__]]))
