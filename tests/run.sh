#!/bin/sh
# Run every check and every test, or those that are named: sh tests/run.sh [PYTEST ARGUMENT…]
# Two processes share the tests; -n 0 runs them in one, for a debugger. Tests whose programs are not installed are
# skipped, and the last line installs the programs. With CI=true a skip is a failure.
set -eu
cd "$(dirname "$0")/.."
. tests/venv.sh
make_venv
exec .venv/bin/python -m pytest --config-file python/pyproject.toml --rootdir . --numprocesses 2 --dist worksteal "$@"
