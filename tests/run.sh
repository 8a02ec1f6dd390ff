#!/bin/sh
# Run every check and every test: sh tests/run.sh [PYTEST ARGUMENT…]
# What a machine cannot run is skipped, and the last lines say what and why. With CI=true a skip is a failure.
set -eu
cd "$(dirname "$0")/.."
. tests/venv.sh
make_venv
exec .venv/bin/python -m pytest --config-file python/pyproject.toml --rootdir . "$@"
