#!/bin/sh
# Run every check and every test: sh tests/run.sh [PYTEST ARGUMENT…]
# Without arguments, two processes share the tests. What a machine cannot run is skipped, and the last lines say what is
# missing. With CI=true a skip is a failure.
set -eu
cd "$(dirname "$0")/.."
. tests/venv.sh
make_venv
[ $# -gt 0 ] || set -- --numprocesses 2 --dist worksteal
exec .venv/bin/python -m pytest --config-file python/pyproject.toml --rootdir . "$@"
