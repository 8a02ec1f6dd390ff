# shellcheck shell=sh
# Sourced by run.sh and demo.sh from the top of the repository: makes .venv, with the program and what the tests need,
# from the locked requirements. Does nothing if they have not changed.

python_for_venv() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or later is needed, and none was found." >&2
    return 1
}

make_venv() {
    stamp=.venv/requirements-dev.txt
    if cmp -s python/requirements-dev.txt "$stamp" && [ .venv/pyproject.toml -nt python/pyproject.toml ]; then
        return
    fi
    python=$(python_for_venv)
    rm -rf .venv
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        echo "'$python -m venv' does not work. On Debian and Ubuntu: apt-get install python3-venv" >&2
        return 1
    fi
    echo "Installing the program and its tools into .venv …" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
        --requirement python/requirements-dev.txt
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable python
    cp python/requirements-dev.txt "$stamp"
    cp python/pyproject.toml .venv/pyproject.toml
}
