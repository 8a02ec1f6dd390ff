#!/bin/sh
# Show the main job on a local stand-in for Jenkins and Cloudsmith: sh tests/demo.sh
set -eu
cd "$(dirname "$0")/.."
. tests/venv.sh
make_venv
exec .venv/bin/python tests/demo.py
