#!/bin/sh
# Install package clients for the tests, as clients.txt beside this script describes them:
#   install.sh NAME…     these clients
#   install.sh --ci      those that a plain CI machine waits for
#   install.sh --all     all
#   install.sh --list    says which there are
# They go to .cache/clients, or to the directory CLOUDSMITH_CLIENTS. One that is there already is left alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
clients=${CLOUDSMITH_CLIENTS:-$here/../../.cache/clients}
mkdir -p "$clients/bin"
clients=$(cd "$clients" && pwd)
# shellcheck source=tests/venv.sh
. "$here/../venv.sh"

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

need() { # PROGRAM DEBIAN-PACKAGE
    command -v "$1" >/dev/null || fail "$1 is needed. On Debian and Ubuntu: apt-get install $2"
}

# The ways. Each is called in the client's own empty directory, and leaves in $programs where its programs are.

from_pypi() { # NAME
    python=$(python_for_venv)
    "$python" -m venv venv || fail "'$python -m venv' does not work. On Debian and Ubuntu: apt-get install python3-venv"
    venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
        --requirement "$here/locks/$1/requirements.txt"
    programs=venv/bin
}

from_npm() { # NAME
    need npm npm
    cp "$here/locks/$1/package.json" "$here/locks/$1/package-lock.json" .
    npm ci --silent --no-audit --no-fund
    programs=node_modules/.bin
}

from_maven() { # NAME VERSION GROUP:ARTIFACT:TYPE[:CLASSIFIER]
    need mvn maven
    mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
        -Dartifact="$(echo "$3" | sed "s/:/:$2:/2")" -DoutputDirectory=.
    sha512sum --check --quiet "$here/locks/$1/SHA512SUMS"
    for archive in *.tar.gz; do
        [ ! -e "$archive" ] || tar -xzf "$archive" --strip-components=1
        rm -f "$archive"
    done
    programs=bin
}

from_go() { # NAME VERSION MODULE PROGRAM: the module's ./cmd/PROGRAM, of the versions that its own go.sum locks
    install_client go
    go=$clients/bin/go
    programs=$PWD/bin
    export GOPATH="$PWD/build" GOCACHE="$PWD/build/cache" GOFLAGS=-modcacherw GOTOOLCHAIN=local CGO_ENABLED=0
    source=$("$go" mod download -json "$3@v$2" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    (cd "$source" && nice "$go" build -o "$programs/" "./cmd/$4")
    rm -rf build
    programs=bin
}

have() { # LEAST-VERSION PROGRAM…
    least=$1
    shift
    for program in "$@"; do
        command -v "$program" >/dev/null || return 1
    done
    [ "$least" = - ] || printf '%s\n%s\n' "$least" "$("$1" --version | sed 's/[^0-9]*\([0-9.]*\).*/\1/')" | sort -CV
}

from_debian() { # LEAST-VERSION PACKAGE,… PROGRAM…
    least=$1
    packages=$(echo "$2" | tr , ' ')
    shift 2
    if ! have "$least" "$@"; then
        command -v apt-get >/dev/null || fail "install these, which Debian has in $packages: $*"
        [ "$(id -u)" -eq 0 ] || fail "not installed, and only root can: apt-get install $packages"
        apt-get -qq update
        # shellcheck disable=SC2086 # one word for each package
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends \
            $packages >/dev/null
        have "$least" "$@" || fail "not there, or too old, after apt-get install $packages: $* ${least#-}"
    fi
    programs=$(dirname "$(command -v "$1")")
}

row() { # NAME
    grep "^$1 " "$here/clients.txt" || fail "no client is called '$1'. There are: $(names '[^ ]*' | tr '\n' ' ')"
}

names() { # CI
    sed -n "s/^\([a-z][^ ]*\) *$1 .*/\1/p" "$here/clients.txt"
}

pins() { # NAME: all that decides what is installed
    row "$1"
    [ ! -d "$here/locks/$1" ] || cat "$here/locks/$1"/*
}

wrap() { # PROGRAM DIRECTORY/PROGRAM, absolute or below the client's directory
    case $2 in
        /*) target="$2" ;;
        *) target="\$(dirname \"\$0\")/../$name/$2" ;;
    esac
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$target" >"$clients/bin/$1"
    chmod +x "$clients/bin/$1"
}

install_client() ( # NAME
    pins=$(pins "$1")
    # shellcheck disable=SC2046 # the words of the row
    set -- $(row "$1")
    name=$1 from=$3 version=$4 package=$5
    shift 5
    stamp=$clients/$name/pins
    if [ "$from" = debian ]; then
        from_debian "$version" "$package" "$@"
    elif [ "$(cat "$stamp" 2>/dev/null)" = "$pins" ]; then
        return
    else
        echo "Installing $name $version …" >&2
        rm -rf "${clients:?}/$name"
        mkdir "$clients/$name"
        cd "$clients/$name"
        "from_$from" "$name" "$version" "$package" "$1"
        [ ! -e "$here/locks/$name/complete.sh" ] || sh "$here/locks/$name/complete.sh" "$version"
    fi
    for program in "$@"; do
        wrap "${program%=*}" "$programs/${program#*=}"
    done
    [ "$from" = debian ] || echo "$pins" >"$stamp"
)

case ${1:-} in
    --list)
        sed -n 's/^# NAME /NAME   /p; /^[a-z]/p' "$here/clients.txt"
        exit
        ;;
    --ci) which=ci ;;
    --all) which='[^ ]*' ;;
    '' | -*)
        sed -n '2,/^set/s/^# //p' "$0" >&2
        exit 2
        ;;
esac
for client in $([ "${which:-}" ] && names "$which" || printf '%s\n' "$@"); do
    install_client "$client"
done
