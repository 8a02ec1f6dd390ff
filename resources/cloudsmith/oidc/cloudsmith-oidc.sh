#!/bin/sh
# Log the clients of this machine in to Cloudsmith with a Jenkins ID token, by the program cloudsmith-oidc: the command
# on PATH, or its container image, run by docker or podman with nothing mounted.
#
#   cloudsmith-oidc.sh login DIR [ARG...]      write the clients' files to DIR and print the variables that lead there,
#                                              one NAME=value a line; ARGs go to the program
#   cloudsmith-oidc.sh logout [--force] DIR    remove DIR; with --force also if nothing in it shows that it is login's
#   cloudsmith-oidc.sh explain [ARG...]        say on stdout why a login fails
#
# The ID token comes from CLOUDSMITH_OIDC_TOKEN (or OIDC_TOKEN), for explain an API key from CLOUDSMITH_API_KEY, if there
# is one, the settings from the program's own variables, and
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

# ---- the environment: a list says what is let through ----

# What was in the environment stays exported when it is assigned to. So these names are unset before they are used.
unset id_token api_key extended home_files home_logins settings paths keep line name
# What is secret leaves the environment before anything else is started, so that no child has it.
id_token=${CLOUDSMITH_OIDC_TOKEN:-${OIDC_TOKEN:-}}
api_key=${CLOUDSMITH_API_KEY:-}
unset CLOUDSMITH_OIDC_TOKEN OIDC_TOKEN CLOUDSMITH_API_KEY
# Written by tests/formats: the job's own variables that formats add to; and what formats read of the user's
# home directory, always, and with CLOUDSMITH_INHERIT=true. No * stands for more than one name.
extended="APT_CONFIG BUILDX_CONFIG CLOUDSMITH_GIT_CONFIG CLOUDSMITH_OWN_APT_CONFIG CLOUDSMITH_OWN_CONAN_HOME CLOUDSMITH_OWN_R_PROFILE COMPOSER_CACHE_DIR CONAN_HOME GEMRC GIT_CONFIG_COUNT GOAUTH GONOSUMDB GOPRIVATE MAVEN_ARGS MAVEN_OPTS R_PROFILE YARN_PLUGINS"
home_files=".config/curlrc .curlrc .docker/buildx/.lock .docker/config.json .docker/contexts/meta/*/meta.json"
home_logins=".config/containers/auth.json .config/helm/registry/config.json .config/helm/repositories.yaml .docker/contexts/tls/*/*/* .gradle/gradle.properties .netrc .npmrc .run/containers/auth.json"
# The program gets these, in a container, too. CLOUDSMITH_OIDC_HOME (see keep_builds_out) and CLOUDSMITH_OIDC_LAUNCHER,
# by which the program refuses to work if this version differs from its own in more than the last number, are of this
# script.
settings="CLOUDSMITH_ORG CLOUDSMITH_WORKSPACE CLOUDSMITH_SERVICE_SLUG CLOUDSMITH_SERVICE_ACCOUNT_SLUG CLOUDSMITH_REPO \
CLOUDSMITH_FORMATS CLOUDSMITH_FORMAT_OPTIONS CLOUDSMITH_NPM_SCOPE CLOUDSMITH_DOMAINS CLOUDSMITH_INHERIT \
CLOUDSMITH_API_HOST CLOUDSMITH_TIMEOUT CLOUDSMITH_OIDC_LOG_FORMAT CLOUDSMITH_OIDC_HOME CLOUDSMITH_OIDC_LAUNCHER \
DOCKER_CONFIG XDG_CONFIG_HOME \
HTTPS_PROXY https_proxy HTTP_PROXY http_proxy NO_PROXY no_proxy ALL_PROXY all_proxy $extended"
# These lead to programs and to the settings of engines. None may lead to where a build can write.
paths="PATH HOME TMPDIR XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_DATA_HOME DOCKER_CONFIG DOCKER_CERT_PATH CONTAINERS_CONF \
CONTAINERS_REGISTRIES_CONF CONTAINERS_STORAGE_CONF REGISTRY_AUTH_FILE CONTAINER_SSHKEY"
# By the third line Jenkins finds what an aborted build has left running. The last names are of this script.
keep=" $settings $paths CLOUDSMITH_OIDC_RUNTIME CLOUDSMITH_OIDC_IMAGE CLOUDSMITH_OIDC_NETWORK \
SSL_CERT_FILE SSL_CERT_DIR USER LOGNAME PWD WORKSPACE WORKSPACE_TMP KUBERNETES_SERVICE_HOST \
JENKINS_NODE_COOKIE JENKINS_SERVER_COOKIE HUDSON_SERVER_COOKIE JOB_NAME JOB_BASE_NAME BUILD_ID BUILD_NUMBER BUILD_TAG \
DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_API_VERSION CONTAINER_HOST CONTAINER_CONNECTION \
DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK id_token api_key settings paths keep line name "
IFS='
'
for line in $(export -p); do
    # A line of a value may look like a variable, and is taken for one: that unsets what is not on the list anyway.
    case $line in 'export '*) name=${line#export } ;; 'declare -x '*) name=${line#declare -x } ;; *) continue ;; esac
    name=${name%%=*}
    # `command`, because bash holds on to some that it sets itself, and a failing `unset` would end the script.
    case $name in *[!A-Za-z0-9_]*) ;; *) case $keep in *" $name "*) ;; *) command unset "$name" 2>/dev/null ;; esac ;; esac
done
unset IFS

fail() { # CODE MESSAGE
    printf 'cloudsmith-oidc: %s\n' "$2" >&2
    exit "$1"
}

outside() ( # PATHS: those of them, separated by colons, where no build can write; their links are followed once, here
    places=$1
    shift
    for build in "${WORKSPACE:-}" "${WORKSPACE_TMP:-${WORKSPACE:+$WORKSPACE@tmp}}" "${dir:-}"; do
        case $build in /*) ! cd -P -- "$build" 2>/dev/null || set -- "$@" "$PWD" ;; esac
    done
    separator='' IFS=:
    for place in $places; do
        case $place in /*) ;; *) continue ;; esac
        file=''
        [ -d "$place" ] || file=/${place##*/} place=${place%/*}/
        cd -P -- "$place" 2>/dev/null || continue
        for build; do
            case $PWD/ in "$build"/*) continue 2 ;; esac
        done
        printf %s "$separator$PWD$file"
        separator=:
    done
)

keep_builds_out() {
    for name in $paths; do
        eval "value=\${$name:-}"
        [ -z "$value" ] || value=$(outside "$value")
        case $name in # nor may these lead into an earlier login, in which a build can write, too
            DOCKER_CONFIG) [ ! -e "${value%/*}/login.json" ] || value='' ;;
            REGISTRY_AUTH_FILE) [ ! -e "${value%/*/*}/login.json" ] || value='' ;;
        esac
        if [ -n "$value" ]; then eval "$name=\$value"; else unset "$name"; fi
    done
    # For the program, which in a container has another HOME.
    export CLOUDSMITH_OIDC_HOME="${HOME:-/nonexistent}"
}

# ---- time: nothing is waited for without a limit ----

within() { # SECONDS COMMAND [ARG...]: run it with the text `input` on its stdin, and return its status
    patience=$1
    shift
    # In the background, because a signal interrupts nothing but `wait`. The status is that of the last in the pipe.
    printf %s "$input" 2>/dev/null | "$@" 3>&- 4>&- &
    child=$!
    end_child "$patience"
}

end_child() { # SECONDS: wait for the child; when the time is up send it TERM, and 2 seconds later KILL
    limit=$1
    ( # second by second, so that of a guard that is ended no long `sleep` is left
        while [ $((limit -= 1)) -ge 0 ]; do sleep 1; done
        kill "$child"
        sleep 2
        kill -9 "$child"
    ) >/dev/null 2>&1 9>&- &
    guard=$!
    wait "$child" 2>/dev/null # some shells tell of a child that was killed
    status=$?
    child=''
    kill -9 "$guard" 2>/dev/null # a shell that has only begun can lose any other signal
    wait "$guard" 2>/dev/null
    return $status
}

heed() { # ARG...: two of the program's options have a part here, too
    option=''
    for argument; do
        case $option in --timeout) CLOUDSMITH_TIMEOUT=$argument ;; esac
        option=$argument
        case $argument in
            --timeout=*) CLOUDSMITH_TIMEOUT=${argument#*=} ;;
            --inherit) CLOUDSMITH_INHERIT=true ;;
        esac
    done
}

set_deadline() { # The program keeps the time-out by itself. This is for one that does not, and for the engine.
    seconds=${CLOUDSMITH_TIMEOUT:-60} seconds=${seconds%%.*}
    case $seconds in [0-9] | [1-9][0-9] | [1-9][0-9][0-9] | [1-9][0-9][0-9][0-9]) ;; *) seconds=60 ;; esac
    deadline=$(($(date +%s) + seconds + 6))
}

remaining() {
    left=$((deadline - $(date +%s)))
    echo $((left > 0 ? left : 0))
}

unnamed() { # a new file to write to by 3 and to read from by 4, in no directory: nothing is left of it in any case
    file=$(mktemp "${TMPDIR:-/tmp}/cloudsmith-oidc.XXXXXX" 2>/dev/null) || fail 8 "cannot write to ${TMPDIR:-/tmp}"
    exec 3>"$file"
    exec 4<"$file"
    rm -f "$file" && file=''
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
            unnamed
            ! within $probe_seconds "$@" 2>&3 >/dev/null || return 0
            why=$(tail -n 1 <&4)
            [ $status -lt 128 ] || why="no answer within $probe_seconds seconds"
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
    image=${CLOUDSMITH_OIDC_IMAGE:-cloudsmith-oidc:$version}
    case $image in -* | *[!A-Za-z0-9._/:@-]*) fail 2 "CLOUDSMITH_OIDC_IMAGE is '$image', which is no name of an image" ;; esac
    case ${CLOUDSMITH_OIDC_NETWORK:-} in -* | *[!A-Za-z0-9._:-]*)
        fail 2 "CLOUDSMITH_OIDC_NETWORK is '$CLOUDSMITH_OIDC_NETWORK', which is no name of a network" ;;
    esac
    # A private CA goes the way of the token, by its content, as nothing is mounted.
    if [ -f "${SSL_CERT_FILE:-}" ]; then
        unnamed
        within $probe_seconds sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/p' "$SSL_CERT_FILE" \
            >&3 2>/dev/null || fail 2 "SSL_CERT_FILE is $SSL_CERT_FILE, which cannot be read"
        given=$given$(cat <&4)$line_break
    fi
}

take_home_along() { # So does what formats read of the user's home directory.
    unnamed
    within $probe_seconds print_home >&3 ||
        printf 'cloudsmith-oidc: not all of the configuration in %s is carried over: it takes too long or is too large\n' \
            "$CLOUDSMITH_OIDC_HOME" >&2
    text=$(cat <&4)
    given=$given$text${text:+$line_break}
}

print_home() { # each file as base64 between two lines, under its name below the home directory
    names=$home_files characters=0
    [ "${CLOUDSMITH_INHERIT:-}" != true ] || names="$names $home_logins"
    for name in $names; do
        case $name in
            .docker/*) place=${DOCKER_CONFIG:-$CLOUDSMITH_OIDC_HOME/.docker} top=.docker/ ;;
            .config/*) place=${XDG_CONFIG_HOME:-$CLOUDSMITH_OIDC_HOME/.config} top=.config/ ;;
            .run/*) place=${XDG_RUNTIME_DIR:-$CLOUDSMITH_OIDC_HOME/.run} top=.run/ ;;
            *) place=$CLOUDSMITH_OIDC_HOME top='' ;;
        esac
        set +f
        for file in "$place"/${name#"$top"}; do
            path=$top${file#"$place"/}
            case $path in *[!A-Za-z0-9_.@+/-]*) continue ;; esac
            # Links are followed, as the clients do. What is no plain file, a FIFO, might have no end.
            { [ -f "$file" ] && [ -r "$file" ]; } || continue
            text=$(head -c $((max_home_bytes + 1)) <"$file" | base64)
            [ $((characters += ${#text})) -le $max_home_characters ] || return
            printf -- '-----BEGIN FILE %s-----\n%s\n-----END FILE-----\n' "$path" "$text"
        done
        set -f
    done
}

limited() { # what the program prints fills no disk: 64 MB, in units of 512 bytes
    ulimit -f 131072
    exec "$@"
}

run() { # ARG...: run the program with the token on its stdin; return its status
    if [ "$runtime" = local ]; then set -- cloudsmith-oidc "$@"; else
        set -- "$image" "$@"
        for name in $settings; do
            # Only those that are set: to name another would take it away from an image that sets it.
            eval "[ -z \"\${$name+set}\" ]" || set -- --env "$name" "$@"
        done
        container=$(mktemp -u cloudsmith-oidc-XXXXXXXXXX)
        set -- "$runtime" run --rm -i --pull=never --name "$container" --read-only --tmpfs /tmp --cap-drop ALL \
            --security-opt no-new-privileges --user 65532:65532 --log-driver none \
            ${CLOUDSMITH_OIDC_NETWORK:+"--network=$CLOUDSMITH_OIDC_NETWORK"} "$@"
    fi
    input=$given
    within "$(remaining)" limited "$@"
    code=$? input=''
    return $code
}

run_or_fail() { # ARG...
    run "$@" || { pulls && run "$@"; } && return
    case $code in
        [2-8]) exit $code ;;
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
    fail $code "the program ended with status $code: what it said is above"
}

has_image() {
    within $probe_seconds "$runtime" image inspect "$image" >/dev/null 2>&1
}

pulls() { # Only an image that somebody named is pulled. The time for it is its own: the login's begins anew.
    [ "$runtime" != local ] && [ $code -eq 125 ] && [ -n "${CLOUDSMITH_OIDC_IMAGE:-}" ] && ! has_image || return
    printf 'cloudsmith-oidc: %s pulls the image %s, for at most %s seconds\n' "$runtime" "$image" $pull_seconds >&2
    within $pull_seconds "$runtime" pull --quiet "$image" >/dev/null || return
    set_deadline
}

remove_container() { # A client that was ended may leave its container running, or not yet started.
    [ -z "${container:-}" ] || within $probe_seconds "$runtime" rm -f "$container" >/dev/null 2>&1
}

# ---- the directory: login's alone, written and removed whole ----
# A build may write where it lies, and change names at any moment. So nothing is reached by a path: this script goes
# into a directory, asks the kernel where it has got to, and from there uses plain names only.

cannot() { # WHY
    fail 8 "$dir cannot be used: $1"
}

set_directory() { # DIR: sets `dir`, its path; `root`, a directory above it; `below`, the way from there through no link
    case ${1:-} in '') fail 2 'the directory has to be given' ;; /*) rest=$1/ ;; *) rest=$PWD/$1/ ;; esac
    dir=''
    while [ -n "$rest" ]; do
        case ${rest%%/*} in
            '' | .) ;;
            ..) fail 2 "'$1' has .. in it: give the plain path of the directory" ;;
            *) dir=$dir/${rest%%/*} ;;
        esac
        rest=${rest#*/}
    done
    [ -n "$dir" ] || fail 2 "'$1' cannot be a directory of login"
    root=${dir%/*}/
    for place in "${WORKSPACE_TMP:-}" "${WORKSPACE:-}" "$PWD"; do
        case $dir in "${place%/}"/?*) root=${place%/}/ ;; esac
    done
    below=${dir#"$root"}
}

enter() { # NAME: go into a directory of this one
    here=${here%/}/$1
    # An external pwd asks the kernel. That of bash looks its own idea of the path up again, which may have changed.
    cd -P "./$1" 2>/dev/null && [ "$(env pwd -P)" = "$here" ]
}

descend() { # PATH [make]: go through the directories of PATH; its last part is `name`, and `up` leads back
    up=. name=$1
    while [ "$name" != "${name#*/}" ]; do
        [ $# -eq 1 ] || mkdir "./${name%%/*}" 2>/dev/null
        [ -e "./${name%%/*}" ] || [ -L "./${name%%/*}" ] || return
        enter "${name%%/*}" || cannot "${name%%/*} on the way there is a symbolic link, or no directory"
        up=$up/.. name=${name#*/}
    done
}

enter_parent() { # [make]: fails where there is none
    [ $# -eq 0 ] || [ -d "$root" ] || mkdir -p -- "$root" 2>/dev/null
    [ "$root" = "${PWD%/}/" ] || cd -P -- "$root" 2>/dev/null || return
    here=$(env pwd -P)
    descend "$below" "$@"
}

enter_logins() { # A login shows by login.json, or, while it has not come that far, by nothing but unfinished files.
    { enter "$name" && [ -n "$(find . -prune -user "$(id -u)" ! -perm -0020 ! -perm -0002)" ] &&
        { { [ -f login.json ] && [ ! -L login.json ]; } ||
            [ -z "$(find . ! -name . -prune ! -name '.cloudsmith-oidc-*')" ]; }; } ||
        cannot "it has to be new, or empty, or an earlier login's, and a directory of this user that nobody else can \
write to. Give another one"
}

remove() { # NAME: not by `rm -r`, as that of busybox and of macOS follows a link which appears at the right moment
    rm -f "./$1" 2>/dev/null || { (enter "$1" && empty) && rmdir "./$1" 2>/dev/null; }
}

empty() ( # [NAME...]: remove what is in this directory, but these; what cannot be removed keeps nothing else there
    keep=" $* " code=0
    set +f
    for entry in ./* ./.[!.]* ./..?*; do
        case $keep in *" ${entry#./} "*) ;; *) remove "${entry#./}" || code=8 ;; esac
    done
    exit $code
)

member() { # PATH: print a file of the program's answer
    printf %s "$answer" | base64 -d | tar -xOf - "$1"
}

read_answer() { # sets `answer`, and `files`: the paths in it
    answer=$(head -c $max_answer_bytes <&4 | base64)
    files=$(printf %s "$answer" | base64 -d 2>/dev/null | tar -tf - 2>/dev/null) || return
    # shellcheck disable=SC2086 # one argument for each path
    set -- $files
    [ $# -le $max_answer_files ] || return
    case $line_break$files$line_break in
        *..* | *[!A-Za-z0-9_.@+/"$line_break"-]* | *"$line_break"[/-]*) return 1 ;;
        *"$line_break"login.json"$line_break"*) ;;
        *) return 1 ;;
    esac
}

put() ( # PATH: write one file of the answer, under a name that nobody can know, and rename it
    new=$(mktemp -u .cloudsmith-oidc-XXXXXXXXXX)
    set -C # what is written must not be there yet
    # -T of GNU and busybox, -h of BSD: do not move into a directory that a link of that name leads to.
    { member "$1" >"./$new" && (descend "$1" make && { mv -fT "$up/$new" "./$name" || mv -fh "$up/$new" "./$name"; }) &&
        exit; } 2>/dev/null
    rm -f "./$new"
    cannot "$1 cannot be written there"
)

fill() (
    enter_logins
    chmod 700 .
    # Of two logins one writes at a time. The lock goes with this process; without the program flock there is none.
    exec 9<.
    ! command -v flock >/dev/null || flock -n 9 || within $lock_seconds flock 9 || cannot "other logins have been writing to it"
    put login.json || exit # first, as it shows whose the directory is
    set -- login.json
    for path in $files; do
        case $path in login.json | */) continue ;; esac
        put "$path" || exit
        set -- "$@" "${path%%/*}"
    done
    empty "$@" || cannot "what else is in it cannot be removed"
)

# ---- the commands ----

finish() { # on every way out
    code=$?
    trap '' HUP INT TERM
    [ -z "$file" ] || rm -f "$file"
    if [ -n "$child" ]; then
        kill -9 "$guard" 2>/dev/null
        end_child 0
        remove_container
    fi
    exit $code
}

login() { # [ARG...]
    # Looked at before a token is asked for.
    (! enter_parent || { [ ! -e "./$name" ] && [ ! -L "./$name" ]; } || enter_logins) || exit
    unnamed
    run_or_fail login --token-stdin --output - --root "$dir" "$@" >&3
    read_answer || fail 8 "the program's answer is not an archive of plain files: nothing was written"
    trap '' HUP INT TERM # for the few milliseconds that are left
    enter_parent make || cannot 'it cannot be made'
    made=''
    ! mkdir "./$name" 2>/dev/null || made=yes
    fill || { [ -z "$made" ] || remove "$name"; exit 8; }
    member env
}

logout() { # removes the directory, if there is one; with `force` also if nothing shows that it is login's
    enter_parent && { [ -e "./$name" ] || [ -L "./$name" ]; } || return 0
    (if [ -n "$force" ]; then enter "$name" || cannot 'it is no directory'; else enter_logins; fi) || exit
    remove "$name" || fail 8 "cannot remove all of $dir"
}

case $(command -v printf) in /*) fail 2 'this sh has no printf of its own, which would show the token in its arguments' ;; esac
version=0.1.0
export CLOUDSMITH_OIDC_LAUNCHER=$version
pull_seconds=300 probe_seconds=4 lock_seconds=5 max_answer_bytes=4194304 max_answer_files=200
max_home_bytes=262144 max_home_characters=2000000 # the program's own bounds for a file, and for all of its input
line_break='
'
file='' child='' container='' input='' force='' given=$id_token$line_break command=${1:-}
[ "$command ${2:-}" != 'logout --force' ] || { force=yes; shift; }
case $command in
    login | logout) set_directory "${2:-}"; shift 2 ;;
    explain) shift; given=$given${api_key:+$api_key$line_break} ;;
    *) fail 2 'usage: cloudsmith-oidc.sh login DIR [ARG...] | logout [--force] DIR | explain [ARG...]' ;;
esac
keep_builds_out
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
if [ "$command" != logout ]; then
    heed "$@"
    set_deadline
    choose_runtime
    if [ "$runtime" != local ]; then
        prepare_container
        [ "$command" != login ] || take_home_along
    fi
fi
case $command in
    login) login "$@" ;;
    logout) logout ;;
    explain) run_or_fail explain --token-stdin "$@" ;;
esac
