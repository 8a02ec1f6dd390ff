#!/bin/sh
# Lock the dependencies anew: the newest allowed versions, with hashes, for every platform. Needs uv.
set -eu
cd "$(dirname "$0")"
lock() { # OUTPUT [SOURCE…]
    output=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --no-header --no-annotate \
        --output-file "$output" "$@"
}
lock requirements.txt pyproject.toml
lock requirements-build.txt --group image
lock requirements-dev.txt --group dev pyproject.toml
