#!/bin/sh
# Log the clients of this machine in to Cloudsmith with a Jenkins ID token, by the program cloudsmith-oidc: the command
# on PATH, or its container image, run by docker or podman with nothing mounted.
#
#   cloudsmith-oidc.sh login DIR [ARG...]    write the clients' files to DIR; ARGs go to the program
#   cloudsmith-oidc.sh logout DIR            remove what login left in DIR, and DIR itself if login made it
#   cloudsmith-oidc.sh explain [ARG...]      say on stdout why a login fails
#
# The ID token comes from CLOUDSMITH_OIDC_TOKEN (or OIDC_TOKEN), the settings from the program's own variables, and
#   CLOUDSMITH_OIDC_RUNTIME   local, docker, podman, or auto (default): the first of them that works
#   CLOUDSMITH_OIDC_IMAGE     the container image (default: cloudsmith-oidc:VERSION, which is never pulled)
#   CLOUDSMITH_OIDC_NETWORK   the container's network (default: the engine's)
# Exit codes are the program's. This script's own are 2 (settings, no runtime, no image) and 8 (cannot write or remove).
#
# POSIX sh. The Jenkins step runs this text after a line `set -- login "$CLOUDSMITH_OIDC_DIR"`: so nothing here relies
# on $0, and whatever options the caller's shell has on (Jenkins' own default is sh -xe) are turned off.
set +aex -u
umask 077

# The token leaves the environment, so that of all children only the one that feeds the pipe has it. `unset` comes
# first because a variable that came from the environment would be exported again.
unset id_token
id_token=${CLOUDSMITH_OIDC_TOKEN:-${OIDC_TOKEN:-}}
unset CLOUDSMITH_OIDC_TOKEN OIDC_TOKEN

version=0.1.0
image=${CLOUDSMITH_OIDC_IMAGE:-cloudsmith-oidc:$version}
to_container='CLOUDSMITH_ORG CLOUDSMITH_WORKSPACE CLOUDSMITH_SERVICE_SLUG CLOUDSMITH_SERVICE_ACCOUNT_SLUG
    CLOUDSMITH_REPO CLOUDSMITH_FORMATS CLOUDSMITH_NPM_SCOPE CLOUDSMITH_DOMAINS CLOUDSMITH_API_HOST CLOUDSMITH_TIMEOUT
    HTTPS_PROXY https_proxy HTTP_PROXY http_proxy NO_PROXY no_proxy ALL_PROXY all_proxy'
# The one that an earlier login made knows neither the engine's context nor the login of the image's registry.
[ ! -f "${DOCKER_CONFIG:-.}/../.cloudsmith-oidc" ] || unset DOCKER_CONFIG

manifest='' staging='' locked='' ended=''

fail() { # CODE MESSAGE
    printf 'cloudsmith-oidc: %s\n' "$2" >&2
    exit "$1"
}

# ---- where the program runs ----

choose_runtime() { # sets `runtime`
    wanted=${CLOUDSMITH_OIDC_RUNTIME:-auto} reasons='' place=''
    case $wanted in
        auto) wanted='local docker podman' ;;
        local | docker | podman) ;;
        *) fail 2 "CLOUDSMITH_OIDC_RUNTIME is '$wanted': allowed are auto, local, docker, podman" ;;
    esac
    for runtime in $wanted; do
        case $runtime in
            local) set -- cloudsmith-oidc ;;
            docker) set -- docker version ;; # `docker info` ends with 0 in old versions, engine or not
            podman) set -- podman info ;;    # `podman version` asks nobody
        esac
        if ! command -v "$1" >/dev/null; then why="no $1 on PATH"
        elif [ $# -eq 1 ] || why=$("$@" 2>&1 >/dev/null); then return
        else why=$(printf '%s\n' "$why" | tail -n 1); fi
        reasons="$reasons${reasons:+; }$runtime: $why"
    done
    if [ -e /.dockerenv ] || [ -e /run/.containerenv ] || [ -n "${KUBERNETES_SERVICE_HOST:-}" ] ||
        grep -Eqs 'docker|kubepods|containerd|libpod|lxc' /proc/1/cgroup; then
        place=". Inside a container, as in a stage with agent { docker { reuseNode true } }, there is neither: use the \
statement form cloudsmithOidc(service: ...) in an earlier stage on the node, its files and variables are seen here"
    fi
    fail 2 "nothing can run the program here ($reasons). Install the command cloudsmith-oidc or give the agent docker \
or podman, and look at the option runtime (CLOUDSMITH_OIDC_RUNTIME)$place"
}

run() { # ARG...: run the program with the token on its stdin; return its status
    if [ "$runtime" = local ]; then set -- cloudsmith-oidc "$@"; else
        set -- "$image" "$@"
        for name in $to_container; do
            # Only those that are set: to name another would take it away from an image that sets it.
            eval "[ -z \"\${$name+set}\" ]" || set -- --env "$name" "$@"
        done
        [ -z "${CLOUDSMITH_OIDC_NETWORK:-}" ] || set -- --network "$CLOUDSMITH_OIDC_NETWORK" "$@"
        # The default name is built, never published: what a registry offers under it is somebody else's.
        [ -n "${CLOUDSMITH_OIDC_IMAGE:-}" ] || set -- --pull=never "$@"
        container=cloudsmith-oidc-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
        set -- "$runtime" run --rm -i --name "$container" --read-only --tmpfs /tmp --cap-drop ALL \
            --security-opt no-new-privileges --user 65532:65532 --log-driver none "$@"
    fi
    # A private CA goes the way of the token, by its content, as nothing is mounted. All in the background, because a
    # signal interrupts nothing but `wait`, which has the status of the last command of the pipe.
    {
        ID_TOKEN=$id_token printenv ID_TOKEN
        sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/p' "${SSL_CERT_FILE:-/dev/null}"
    } 2>/dev/null | exec "$@" &
    wait $!
    status=$? ended=yes
    case $status in
        0 | [2-8]) ;;
        125 | 126 | 127)
            [ "$runtime" != local ] || fail 2 "the command cloudsmith-oidc cannot be started: install it again"
            "$runtime" image inspect "$image" >/dev/null 2>&1 || fail 2 "$runtime has no image '$image' and cannot get it: \
build it in a checkout of this library (docker build -t IMAGE .), push it to a registry of yours, and name it with the \
option image or CLOUDSMITH_OIDC_IMAGE"
            fail 2 "$runtime cannot run the image '$image': it says why above" ;;
        *) fail $status "the program ended with status $status: what it said is above" ;;
    esac
    return $status
}

stop() { # The engine is asked too: a client that is told to end may leave its container running, or not yet started.
    [ "$runtime" = local ] || "$runtime" kill "$container"
    kill $!
    wait $!
    [ "$runtime" = local ] || "$runtime" rm -f "$container"
} >/dev/null 2>&1

# ---- the directory ----
# The manifest in it has one path per line: files; directories that login made, with a slash at the end; and a dot if
# login made the directory itself. A directory that login made is removed with all that has come into it.

listed() { # LINE
    grep -Fqsx -e "$1" "$manifest"
}

open_directory() { # DIR
    case ${1:-} in /*) dir=$1 ;; ?*) dir=$PWD/$1 ;; *) fail 2 'the directory has to be given' ;; esac
    while [ "$dir" != "${dir%/}" ]; do dir=${dir%/}; done
    manifest=$dir/.cloudsmith-oidc
    for path in "$dir" "$manifest"; do
        [ ! -L "$path" ] || fail 8 "$path is a symbolic link, which is not followed: remove it, or give another directory"
    done
    [ -f "$manifest" ] || [ ! -e "$manifest" ] || fail 8 "$manifest is not a file: remove it, or give another directory"
}

inside() { # PATH: plain and relative, with no symbolic link on the way
    case /$1/ in *//* | */../*) return 1 ;; esac
    part=$1
    while [ ! -L "$dir/$part" ]; do
        case $part in */*) part=${part%/*} ;; *) return 0 ;; esac
    done
    return 1
}

remove() { # stdin: lines of the manifest, which anybody may have changed; `kept` is what was not removed
    kept=
    while IFS= read -r line; do
        case $line in
            .) ;;
            */) inside "${line%/}" && rm -rf "${dir:?}/${line%/}" ;;
            *) inside "$line" && rm -f "$dir/$line" ;;
        esac || kept="$kept $line"
    done
} 2>/dev/null

unpack() { # Only plain files and directories whose names need no quoting; busybox' tar makes names relative by itself.
    mkdir "$staging/files" && cd "$staging/files" || return
    ! tar -tvf ../answer.tar | grep -Eq '^[^d-]| -> | link to | /|[ /]\.\./' &&
        tar -xof ../answer.tar && [ -f login.json ] && # the last one, so the archive is whole
        [ -z "$(LC_ALL=C find . -name '*[!A-Za-z0-9_.@+-]*')" ] && find . -type f -exec chmod 600 {} +
} 2>/dev/null

lock() { # Files are moved by one login at a time and in milliseconds; no signal interrupts that.
    trap '' HUP INT TERM
    tries=0
    until mkdir "$manifest.lock" 2>/dev/null; do
        [ $((tries += 1)) -lt 10 ] || fail 8 "another login is writing to $dir, or was killed there: give each login a \
directory of its own, or remove $manifest.lock"
        sleep 1
    done
    locked=yes
}

put_in_place() { # Every target is checked before the first one changes.
    paths=$(find . ! -name . | sed 's|^\./||' | LC_ALL=C sort)
    for path in $paths; do
        if [ -L "$dir/$path" ]; then false
        elif [ ! -e "$dir/$path" ]; then :
        elif [ -d "$path" ]; then [ -d "$dir/$path" ]
        else [ -f "$dir/$path" ] && listed "$path"; fi ||
            fail 8 "$dir/$path is in the way, not written by login: remove it, or give another directory"
    done
    {
        ! listed . || echo .
        for path in $paths; do
            if [ ! -d "$path" ]; then echo "$path"
            elif [ ! -e "$dir/$path" ] || listed "$path/"; then echo "$path/"; fi
        done
    } >"$staging/new"
    # Until all is done the manifest names the old files and the new ones: whenever this is killed, logout finds all.
    cat "$manifest" "$staging/new" 2>/dev/null | LC_ALL=C sort -u >"$staging/both"
    { chmod 700 "$dir" && mv -f "$staging/both" "$manifest"; } || fail 8 "cannot write to $dir"
    for path in $paths; do
        if [ -d "$dir/$path" ]; then :
        elif [ -d "$path" ]; then mkdir "$dir/$path"
        else mv -f "./$path" "$dir/$path"; fi || fail 8 "cannot write $dir/$path"
    done
    grep -Fvxf "$staging/new" "$manifest" >"$staging/old"
    remove <"$staging/old"
    mv -f "$staging/new" "$manifest" || fail 8 "cannot write $manifest"
}

# ---- the commands ----

finish() { # on every way out, with whatever there is by then
    status=$?
    trap '' HUP INT TERM
    cd /
    [ -z "${!:-}" ] || [ -n "$ended" ] || stop
    [ -z "$staging" ] || rm -rf "$staging"
    [ -z "$locked" ] || rmdir "$manifest.lock"
    # Nothing came into the directory that login made: the last login that leaves it takes it away.
    if [ -n "$manifest" ] && [ "$(cat "$manifest" 2>/dev/null)" = . ] && [ "$(ls -A "$dir")" = .cloudsmith-oidc ]; then
        rm -f "$manifest"
        rmdir "$dir"
    fi
    exit $status
}

watch() {
    trap finish EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

login() { # DIR [ARG...]
    open_directory "${1:-}"
    shift
    choose_runtime
    watch
    [ -d "$dir" ] || ( # a signal waits until the manifest says whose the directory is
        trap '' HUP INT TERM
        mkdir -p "${dir%/*}/" && mkdir "$dir" && echo . >"$manifest"
    ) 2>/dev/null || [ -d "$dir" ] || fail 8 "cannot make the directory $dir"
    staging=$(mktemp -d "$manifest.login.XXXXXX" 2>/dev/null) || fail 8 "cannot write to $dir"
    run login --log-format console --token-stdin --output - --root "$dir" "$@" >"$staging/answer.tar" || exit
    unpack || fail 8 "the program's answer is not an archive of plain files: nothing was written"
    lock
    put_in_place
}

logout() { # DIR
    open_directory "${1:-}"
    [ -d "$dir" ] || return 0
    if listed .; then
        rm -rf "$dir" 2>/dev/null || fail 8 "cannot remove all of $dir"
        return
    fi
    rm -rf "$manifest".login.* "$manifest.lock" # of a login that was killed
    if [ ! -f "$manifest" ]; then
        [ ! -f "$dir/login.json" ] || fail 8 "$dir may still hold a Cloudsmith token: the list of what login wrote is gone"
        return 0
    fi
    remove <"$manifest"
    rm -f "$manifest"
    [ -z "$kept" ] || fail 8 "not removed from $dir, as login did not write it:$kept"
}

explain() { # [ARG...]
    choose_runtime
    watch
    run explain --log-format console --token-stdin "$@"
}

case ${1:-} in
    login | logout | explain) "$@" ;;
    *) fail 2 'usage: cloudsmith-oidc.sh login DIR [ARG...] | logout DIR | explain [ARG...]' ;;
esac
