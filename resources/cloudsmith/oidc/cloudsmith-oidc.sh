#!/bin/sh
# Log the clients of this machine in to Cloudsmith with a Jenkins ID token, by the program cloudsmith-oidc: the command
# on PATH, or its container image, run by docker or podman with nothing mounted.
#
#   cloudsmith-oidc.sh login DIR [ARG...]      write the clients' files to DIR and print the variables that lead there,
#                                              one NAME=value a line; ARGs go to the program
#   cloudsmith-oidc.sh logout [--force] DIR    remove DIR; with --force also if nothing in it shows that it is login's
#   cloudsmith-oidc.sh explain [ARG...]        say on stdout why a login fails
#
# The ID token comes from CLOUDSMITH_OIDC_TOKEN (or OIDC_TOKEN), the settings from the program's own variables, and
#   CLOUDSMITH_OIDC_RUNTIME   local, docker, podman, or auto (default): the first of them that works
#   CLOUDSMITH_OIDC_IMAGE     the container image (default: cloudsmith-oidc:VERSION, which is never pulled)
#   CLOUDSMITH_OIDC_NETWORK   the container's network (default: the engine's)
# Exit codes are the program's. This script's own are 2 (settings, no runtime, no image), 6 (no answer in time) and
# 8 (DIR cannot be used).
#
# POSIX sh. The Jenkins step runs this text after a line `set -- login "$CLOUDSMITH_OIDC_DIR"`: so nothing here relies
# on $0, and whatever options the caller's shell has on (Jenkins' own default is sh -xe) are turned off.
set +aex -fu
umask 077

# The token leaves the environment before anything else is started, so that no child has it. What came from the
# environment would be exported again if it were only assigned to: so it is unset first, like the other names used here
# until the environment is clean.
unset id_token version settings let_through clean name
id_token=${CLOUDSMITH_OIDC_TOKEN:-${OIDC_TOKEN:-}}
unset CLOUDSMITH_OIDC_TOKEN OIDC_TOKEN

version=0.1.0
# These reach the program, in a container, too.
settings='CLOUDSMITH_ORG CLOUDSMITH_WORKSPACE CLOUDSMITH_SERVICE_SLUG CLOUDSMITH_SERVICE_ACCOUNT_SLUG CLOUDSMITH_REPO
    CLOUDSMITH_FORMATS CLOUDSMITH_NPM_SCOPE CLOUDSMITH_DOMAINS CLOUDSMITH_API_HOST CLOUDSMITH_TIMEOUT
    CLOUDSMITH_OIDC_LOG_FORMAT
    HTTPS_PROXY https_proxy HTTP_PROXY http_proxy NO_PROXY no_proxy ALL_PROXY all_proxy'
# And these what runs it. Bash lets nobody unset the last two.
let_through=" $(echo $settings) CLOUDSMITH_OIDC_RUNTIME CLOUDSMITH_OIDC_IMAGE CLOUDSMITH_OIDC_NETWORK \
SSL_CERT_FILE SSL_CERT_DIR \
DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_CERT_PATH DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_API_VERSION \
CONTAINER_HOST CONTAINER_CONNECTION CONTAINER_SSHKEY CONTAINERS_CONF CONTAINERS_REGISTRIES_CONF \
CONTAINERS_STORAGE_CONF REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_DATA_HOME DBUS_SESSION_BUS_ADDRESS \
SSH_AUTH_SOCK PATH HOME USER LOGNAME TMPDIR PWD WORKSPACE WORKSPACE_TMP JENKINS_NODE_COOKIE JENKINS_SERVER_COOKIE \
KUBERNETES_SERVICE_HOST SHELLOPTS BASHOPTS "

fail() { # CODE MESSAGE
    printf 'cloudsmith-oidc: %s\n' "$2" >&2
    exit "$1"
}

# ---- the environment: only what is known to be needed, and no program of the workspace ----

outside_workspace() { # DIRECTORY: print its path without links if no build can write there, as far as paths tell
    case $1 in /*) ;; *) return 1 ;; esac
    outside=$(cd -P -- "$1" 2>/dev/null && pwd) || return
    for inside in "${WORKSPACE:-}" "${WORKSPACE_TMP:-${WORKSPACE:+$WORKSPACE@tmp}}"; do
        inside=$(cd -P -- "${inside:-/dev/null}" 2>/dev/null && pwd) || continue
        case $outside/ in "${inside%/}"/*) return 1 ;; esac
    done
    printf '%s\n' "$outside"
}

clean_environment() {
    clean='' IFS=:
    for name in ${PATH:-}; do
        if name=$(outside_workspace "$name"); then clean=$clean${clean:+:}$name; fi
    done
    unset IFS
    PATH=$clean
    TMPDIR=$(outside_workspace "${TMPDIR:-/tmp}") || TMPDIR=/tmp
    # A value of several lines may look like more variables: then those are unset as well.
    for name in $(export -p | sed -n 's/^export \([A-Za-z_][A-Za-z0-9_]*\).*/\1/p
        s/^declare -x \([A-Za-z_][A-Za-z0-9_]*\).*/\1/p'); do
        case $let_through in *" $name "*) ;; *) unset "$name" ;; esac
    done
}

# ---- time: nothing is waited for without a limit ----

wait_within() { # SECONDS PID: wait for a child, and end it by TERM and KILL when the time is up; return its status
    ( # It ends by itself, within a second: a subshell loses a signal that comes before its trap is set.
        passed=0
        while kill -0 "$2"; do
            [ $passed -ne "$1" ] || kill "$2"
            [ $passed -lt $(($1 + 2)) ] || kill -9 "$2"
            sleep 1
            passed=$((passed + 1))
        done
    ) >/dev/null 2>&1 &
    wait "$2" 2>/dev/null # some shells tell of a child that was killed
    ended=$?
    return $ended
}

set_deadline() { # the program keeps the time-out itself; this is for one that does not, or an engine
    case ${CLOUDSMITH_TIMEOUT:-60} in
        [1-9] | [1-9][0-9] | [1-9][0-9][0-9] | [1-9][0-9][0-9][0-9]) seconds=${CLOUDSMITH_TIMEOUT:-60} ;;
        [0-9].* | [1-9][0-9].* | [1-9][0-9][0-9].* | [1-9][0-9][0-9][0-9].*) seconds=$((${CLOUDSMITH_TIMEOUT%%.*} + 1)) ;;
        *) seconds=60 ;; # the program says what is wrong with it
    esac
    deadline=$(($(date +%s) + seconds + 7))
}

remaining() {
    left=$((deadline - $(date +%s)))
    echo $((left > 0 ? left : 0))
}

# ---- files without a name: what programs print stays in no directory, however this script ends ----

open_unnamed() { # DIGIT DIGIT: a new file for the first descriptor to write and the second to read
    unnamed=$(mktemp "$TMPDIR/cloudsmith-oidc.XXXXXX" 2>/dev/null) || fail 8 "cannot write to $TMPDIR"
    eval "exec $1>\"\$unnamed\" $2<\"\$unnamed\""
    rm -f "$unnamed"
}

# ---- where the program runs ----

choose_runtime() { # sets `runtime`
    wanted=${CLOUDSMITH_OIDC_RUNTIME:-auto} reasons=''
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
        if ! command -v "$1" >/dev/null; then why="no $1 on PATH, the workspace's directories not counted"
        elif [ $# -eq 1 ]; then return
        else
            "$@" >/dev/null 2>&3 &
            wait_within $probe_seconds $!
            why=$(tail -n 1 <&4)
            [ $ended -ne 0 ] || return 0
            [ $ended -lt 128 ] || why="no answer within $probe_seconds seconds"
        fi
        reasons="$reasons${reasons:+; }$runtime: $why"
    done
    if [ -n "${KUBERNETES_SERVICE_HOST:-}" ]; then
        place=". In a pod, add the image of cloudsmith-oidc as a container and wrap this step in \
container('cloudsmith-oidc') { ... }"
    elif [ -e /.dockerenv ] || [ -e /run/.containerenv ] || grep -Eqs 'docker|containerd|libpod|lxc' /proc/1/cgroup; then
        place=". Inside a container, as in a stage with agent { docker { reuseNode true } }, there is neither: use the \
statement form cloudsmithOidc(service: ...) in an earlier stage on the node, its files and variables are seen here"
    else place=''; fi
    fail 2 "nothing can run the program here ($reasons). Install the command cloudsmith-oidc or give the agent docker \
or podman, and look at the option runtime (CLOUDSMITH_OIDC_RUNTIME)$place"
}

prepare_container() {
    image=${CLOUDSMITH_OIDC_IMAGE:-cloudsmith-oidc:$version} authorities=''
    case $image in -* | *[!A-Za-z0-9._/:@-]*) fail 2 "CLOUDSMITH_OIDC_IMAGE is '$image', which is no name of an image" ;; esac
    case ${CLOUDSMITH_OIDC_NETWORK:-} in -* | *[!A-Za-z0-9._:-]*)
        fail 2 "CLOUDSMITH_OIDC_NETWORK is '$CLOUDSMITH_OIDC_NETWORK', which is no name of a network" ;;
    esac
    # A private CA goes the way of the token, by its content, as nothing is mounted.
    if [ -f "${SSL_CERT_FILE:-}" ]; then
        sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/p' "$SSL_CERT_FILE" >&3 2>/dev/null &
        wait_within $probe_seconds $! || fail 2 "SSL_CERT_FILE is $SSL_CERT_FILE, which cannot be read"
        authorities=$(cat <&4)
    fi
}

run() { # ARG...: run the program with the token on its stdin; return its status
    if [ "$runtime" = local ]; then set -- cloudsmith-oidc "$@"; else
        set -- "$image" "$@"
        for name in $settings; do
            # Only those that are set: to name another would take it away from an image that sets it.
            eval "[ -z \"\${$name+set}\" ]" || set -- --env "$name" "$@"
        done
        container=cloudsmith-oidc-$(random)
        set -- "$runtime" run --rm -i --pull=never --name "$container" --read-only --tmpfs /tmp --cap-drop ALL \
            --security-opt no-new-privileges --user 65532:65532 --log-driver none \
            ${CLOUDSMITH_OIDC_NETWORK:+"--network=$CLOUDSMITH_OIDC_NETWORK"} "$@"
    fi
    # In the background, because a signal interrupts nothing but `wait`, which has the status of the pipe's last command.
    printf '%s\n' "$id_token" ${authorities:+"$authorities"} 2>/dev/null | exec "$@" 3>&- 4>&- 5>&- 6>&- &
    child=$!
    wait_within "$(remaining)" "$child"
    status=$?
    child=''
    return $status
}

run_or_fail() { # ARG...
    run "$@" && return
    if [ "$runtime" != local ] && [ $status -eq 125 ] && [ -n "${CLOUDSMITH_OIDC_IMAGE:-}" ] && pull; then
        run "$@" && return
    fi
    case $status in
        [2-8]) exit $status ;;
        125 | 126 | 127)
            [ "$runtime" != local ] || fail 2 'the command cloudsmith-oidc cannot be started: install it again'
            has_image || fail 2 "$runtime has no image '$image' and cannot get it: build it in a checkout of this \
library (docker build -t IMAGE .), push it to a registry of yours, and name it with the option image or \
CLOUDSMITH_OIDC_IMAGE"
            fail 2 "$runtime cannot run the image '$image': it says why above" ;;
    esac
    remove_container
    [ "$(remaining)" -gt 0 ] || fail 6 "the program ($runtime) gave no answer in $seconds seconds and was ended. \
Look whether it works, or raise the timeout"
    fail $status "the program ended with status $status: what it said is above"
}

has_image() {
    "$runtime" image inspect "$image" >/dev/null 2>&1 &
    wait_within $probe_seconds $!
}

pull() { # The time for it is its own: the login's begins anew.
    ! has_image || return
    printf 'cloudsmith-oidc: %s pulls the image %s, for at most %s seconds\n' "$runtime" "$image" $pull_seconds >&2
    "$runtime" pull --quiet "$image" >/dev/null &
    child=$!
    wait_within $pull_seconds "$child"
    ended=$? child=''
    set_deadline
    return $ended
}

remove_container() { # A client that was ended may leave its container running, or not yet started.
    [ -n "${container:-}" ] || return
    "$runtime" rm -f "$container" >/dev/null 2>&1 &
    wait_within $probe_seconds $!
}

# ---- the directory: login's alone, written and removed whole ----
# A build may write where it lies, and change names at any moment. So nothing is reached by a path: this script goes
# into the directory that holds a name, looks where it has got to, and uses that name only. Files get a name that nobody
# can know, and then their own, by a rename that follows no link. `rm -rf` of GNU follows none either, whenever it
# appears; that of busybox and of macOS looks first and then opens by name.

random() {
    od -An -N8 -tx1 /dev/urandom | tr -d ' \n'
}

enter() { # NAME: go into a directory of this one that is no link
    place=$(pwd -P)
    cd "./$1" 2>/dev/null && [ "$(pwd -P)" = "${place%/}/$1" ]
}

set_directory() { # DIR: sets `dir`, its absolute path, and `name`, the last part of it
    case ${1:-} in
        '') fail 2 'the directory has to be given' ;;
        .. | ../* | */.. | */../*) fail 2 "'$1' has .. in it: give the directory's plain path" ;;
        /*) dir=$1 ;;
        *) dir=${PWD%/}/${1#./} ;;
    esac
    while [ "$dir" != "${dir%/}" ]; do dir=${dir%/}; done
    name=${dir##*/}
    case $name in '' | .) fail 2 "'$1' cannot be a directory of login" ;; esac
}

enter_parent() { # [make]: go to where the directory lies; below the working directory through no link
    rest=${dir%/*}/
    case $rest in
        "${PWD%/}"/*) rest=${rest#"${PWD%/}"/} ;;
        *)
            [ $# -eq 0 ] || mkdir -p -- "$rest" 2>/dev/null
            cd -- "$rest" 2>/dev/null || return
            rest='' ;;
    esac
    while [ -n "$rest" ]; do
        folder=${rest%%/*} rest=${rest#*/}
        case $folder in '' | .) continue ;; esac
        [ $# -eq 0 ] || mkdir "./$folder" 2>/dev/null
        [ -e "./$folder" ] || [ -L "./$folder" ] || return
        enter "$folder" || fail 8 "$dir cannot be used: $folder on the way there is no directory, or a symbolic link"
    done
}

exists() {
    [ -e "./$name" ] || [ -L "./$name" ]
}

is_logins() { # In a directory: this user's, writable for nobody else; with a login, or no more than one just begun.
    [ -n "$(find . -prune -user "$(id -u)" ! -perm -0020 ! -perm -0002)" ] || return
    { [ -f login.json ] && [ ! -L login.json ]; } || [ -z "$(find . ! -name . -prune ! -name '.cloudsmith-oidc-*')" ]
}

require_logins() {
    (enter "$name" && is_logins) || fail 8 "$dir cannot be used: it has to be new, or empty, or an earlier login's, and \
a directory of this user that nobody else can write to. Give another one"
}

member() { # PATH: print a file of the program's answer
    printf %s "$answer" | base64 -d | tar -xOf - "$1"
}

read_answer() { # sets `answer`, and `paths`: its files, login.json first, which is what shows whose the directory is
    answer=$(head -c $max_answer_bytes <&6 | base64)
    listed=$(printf %s "$answer" | base64 -d 2>/dev/null | tar -tf - 2>/dev/null) || return
    case $listed in *..* | *[!A-Za-z0-9_.@+/"$line_break"-]*) return 1 ;; esac
    paths=login.json found=''
    for path in $listed; do
        case $path in
            login.json) found=yes ;;
            -* | /*) return 1 ;;
            */) ;;
            *) paths="$paths $path" ;;
        esac
    done
    [ -n "$found" ]
}

put() ( # PATH: write one file of the answer to this directory
    rest=$1
    while [ "$rest" != "${rest#*/}" ]; do
        mkdir "./${rest%%/*}" 2>/dev/null
        enter "${rest%%/*}" || exit
        rest=${rest#*/}
    done
    set -C # what is written must not be there yet
    new=.cloudsmith-oidc-$(random)
    # -T of GNU and busybox, -h of BSD: do not move into a directory that a link of that name leads to.
    { member "$1" >"./$new" && { mv -fT "./$new" "./$rest" || mv -fh "./$new" "./$rest"; }; } 2>/dev/null && exit
    rm -f "./$new"
    exit 1
)

lock() { # Of two logins one writes at a time. The lock goes with this process; where there is no flock, there is none.
    command -v flock >/dev/null || return 0
    exec 9<.
    tries=0
    until flock -n 9; do
        [ $((tries += 1)) -le $lock_seconds ] || return
        sleep 1
    done
}

fill() ( # write all files of the answer to the directory, and remove what else there is, of an earlier login
    enter "$name" && is_logins && chmod 700 . && lock || exit
    for path in $paths; do
        put "$path" || exit
    done
    set --
    for path in $paths; do set -- "$@" ! -name "${path%%/*}"; done
    find . ! -name . -prune "$@" -exec rm -rf {} +
)

write() ( # make the directory if need be, and fill it: no signal interrupts that, as it takes milliseconds
    trap '' HUP INT TERM
    made=''
    ! mkdir "./$name" 2>/dev/null || made=yes
    fill && exit
    [ -z "$made" ] || rm -rf "./$name"
    exit 1
)

# ---- the commands ----

finish() { # on every way out
    status=$?
    trap '' HUP INT TERM
    if [ -n "$child" ]; then
        wait_within 0 "$child"
        remove_container
    fi
    exit $status
}

login() { # DIR [ARG...]
    set_directory "${1:-}"
    shift
    (! enter_parent || ! exists || require_logins) || exit # before a token is asked for
    open_unnamed 5 6
    run_or_fail login --token-stdin --output - --root "$dir" "$@" >&5
    read_answer || fail 8 "the program's answer is not an archive of plain files: nothing was written"
    enter_parent make && write || fail 8 "$dir cannot be written to"
    member env
}

logout() { # [--force] DIR
    force=''
    [ "${1:-}" != --force ] || { force=yes; shift; }
    set_directory "${1:-}"
    enter_parent && exists || return 0
    [ ! -L "./$name" ] || fail 8 "$dir is a symbolic link, which is not followed: a login that was there is elsewhere now"
    [ -n "$force" ] || require_logins
    rm -rf "./$name" 2>/dev/null || fail 8 "cannot remove all of $dir"
}

explain() { # [ARG...]
    run_or_fail explain --token-stdin "$@"
}

case $(command -v printf) in /*) fail 2 'this sh has no printf of its own, which would show the token in its arguments' ;; esac
clean_environment
pull_seconds=300 probe_seconds=4 lock_seconds=5 max_answer_bytes=4194304
line_break='
'
child=''
case ${1:-} in
    login | explain)
        trap finish EXIT
        trap 'exit 129' HUP
        trap 'exit 130' INT
        trap 'exit 143' TERM
        set_deadline
        open_unnamed 3 4
        choose_runtime
        [ "$runtime" = local ] || prepare_container
        "$@" ;;
    logout) "$@" ;;
    *) fail 2 'usage: cloudsmith-oidc.sh login DIR [ARG...] | logout [--force] DIR | explain [ARG...]' ;;
esac
