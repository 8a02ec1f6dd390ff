#!/bin/sh
# Log the package clients of this machine in to Cloudsmith with a Jenkins ID token.
#
#   cloudsmith-oidc.sh login DIR [ARG...]      write the clients' files to DIR and print their variables as NAME=value
#   cloudsmith-oidc.sh logout [--force] DIR    remove DIR; with --force also if it does not look like a login directory
#   cloudsmith-oidc.sh explain [ARG...]        print why a login fails
#
# The program cloudsmith-oidc does the work; ARGs are its options. It is the command on PATH, or runs in a container
# with nothing mounted. This script (1) removes what a build can influence, (2) starts the program with the secrets on
# its standard input, and (3) writes its answer to DIR. Besides the program's own variables it reads
#   CLOUDSMITH_OIDC_TOKEN     the ID token (or OIDC_TOKEN); for explain, CLOUDSMITH_API_KEY can be an API key
#   CLOUDSMITH_OIDC_RUNTIME   local, docker, podman, or auto (default): the first of them that works
#   CLOUDSMITH_OIDC_IMAGE     the container image (default: cloudsmith-oidc:VERSION, which is never pulled)
#   CLOUDSMITH_OIDC_NETWORK   the container's network (default: the engine's)
#   CLOUDSMITH_OIDC_HTML      the file to which explain also writes its report, as a web page
# Exit codes are the program's. Its own: 2 (settings, no runtime, no image), 6 (no answer in time), 8 (DIR).
# This is POSIX sh. The Jenkins step sets the arguments in a line before this text, so $0 is not used.
set +aexC -fu # Some callers start `sh -xe`. Names of files are listed only between `set +f` and `set -f`.
umask 077

# ---- 1. What a build cannot influence -------------------------------------------------------------------------------

# These names are unset first, as what is assigned to a name of the environment stays in the environment.
unset secrets api_key version newline extended home_files home_marks home_logins families settings paths keep around
unset count outer_login name line
# The secrets leave the environment before any other program starts.
secrets=${CLOUDSMITH_OIDC_TOKEN:-${OIDC_TOKEN:-}} api_key=${CLOUDSMITH_API_KEY:-} outer_login=${CLOUDSMITH_OIDC_LOGIN:-}
unset CLOUDSMITH_OIDC_TOKEN OIDC_TOKEN CLOUDSMITH_API_KEY
version=0.1.0
newline='
'
# `make generated` writes these five. Variables of the job that the formats extend:
extended="APT_CONFIG BUILDX_CONFIG CLOUDSMITH_GIT_CONFIG CLOUDSMITH_OWN_APT_CONFIG CLOUDSMITH_OWN_CONAN_HOME CLOUDSMITH_OWN_R_PROFILE COMPOSER_CACHE_DIR CONAN_HOME GEMRC GIT_CONFIG_COUNT GOAUTH GONOSUMDB GOPRIVATE GRADLE_OPTS JAVA_OPTS MAVEN_ARGS MAVEN_OPTS R_PROFILE YARN_PLUGINS"
# How the names of variables begin that their clients read:
families="BUN BUNDLE CARGO CLOUDSMITH COMPOSER CONDA CONDARC CONTAINERS COURSIER DOCKER GEM GONOPROXY GOPRIVATE GOPROXY HEX HF HUGGING LUAROCKS MAMBARC NPM NuGetPackageSourceCredentials PIP PIPENV PNPM POETRY R RATTLER RENV RUBYGEMS RestoreAdditionalProjectSources RestoreConfigFile RestoreSources SBT TF TWINE UV YARN npm pnpm yarn"
# Files of the home directory that are always passed on; only their names; and, with logins, on request:
home_files=".docker/config.json .docker/contexts/meta/*/meta.json"
home_marks=".Rprofile .bundle/config .bunfig.toml .composer/auth.json .conan2/remotes.json .condarc .config/.bunfig.toml .config/composer/auth.json .config/coursier/mirror.properties .config/curlrc .config/helm/repositories.yaml .config/pip/pip.conf .config/uv/uv.toml .curlrc .docker/buildx/.lock .gradle/gradle.properties .gradle/init.gradle .pip/pip.conf .terraformrc .tofurc .yarnrc.yml"
home_logins=".netrc .npmrc"
# The program gets these, also in a container.
settings="CLOUDSMITH_ORG CLOUDSMITH_WORKSPACE CLOUDSMITH_SERVICE_SLUG CLOUDSMITH_SERVICE_ACCOUNT_SLUG CLOUDSMITH_REPO \
CLOUDSMITH_FORMATS CLOUDSMITH_FORMAT_OPTIONS CLOUDSMITH_NPM_SCOPE CLOUDSMITH_DOMAINS CLOUDSMITH_INHERIT \
CLOUDSMITH_API_HOST CLOUDSMITH_TIMEOUT CLOUDSMITH_OIDC_LOG_FORMAT CLOUDSMITH_OIDC_LOG_LEVEL CLOUDSMITH_OIDC_HOME \
CLOUDSMITH_OIDC_LAUNCHER CLOUDSMITH_OIDC_AROUND CLOUDSMITH_OIDC_SET CLOUDSMITH_OIDC_REFRESH DOCKER_CONFIG \
XDG_CONFIG_HOME HTTPS_PROXY https_proxy HTTP_PROXY http_proxy NO_PROXY no_proxy ALL_PROXY all_proxy $extended"
# Paths of programs, certificates and settings of engines. What a build can write is removed from them below.
paths="PATH HOME TMPDIR XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_DATA_HOME DOCKER_CONFIG DOCKER_CERT_PATH CONTAINERS_CONF \
CONTAINERS_REGISTRIES_CONF CONTAINERS_STORAGE_CONF REGISTRY_AUTH_FILE CONTAINER_SSHKEY SSL_CERT_FILE SSL_CERT_DIR \
REQUESTS_CA_BUNDLE CURL_CA_BUNDLE"
# What else stays: this script's own settings; that by which Jenkins finds the processes of an aborted build; that which
# says where the engine is; and this script's own names, which a value of several lines could unset.
keep=" $settings $paths CLOUDSMITH_OIDC_RUNTIME CLOUDSMITH_OIDC_IMAGE CLOUDSMITH_OIDC_NETWORK \
CLOUDSMITH_OIDC_HTML WORKSPACE WORKSPACE_TMP JENKINS_NODE_COOKIE JENKINS_SERVER_COOKIE HUDSON_SERVER_COOKIE \
JOB_NAME JOB_BASE_NAME BUILD_ID BUILD_NUMBER BUILD_TAG \
DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_API_VERSION CONTAINER_HOST CONTAINER_CONNECTION \
DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK USER LOGNAME PWD \
secrets api_key version newline extended home_files home_marks home_logins families settings paths keep around \
count outer_login name line "
around=${api_key:+ CLOUDSMITH_API_KEY} count=0 IFS=$newline
for line in $(export -p); do
    # A line of a value that looks like a variable can only unset one that is not kept.
    name=${line#export } name=${name#declare -x } name=${name%%=*}
    case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
    # The program gets the names of those that are not empty: few and short, as Linux refuses to pass on 128 kB. Only of
    # these families, as a pod can have thousands of variables that name the services of its namespace.
    case " $families " in *" ${name%%_*} "*)
        if [ ${#name} -le 128 ] && [ $((count += 1)) -le 250 ]; then eval "around=\$around\${$name:+ \$name}"; fi ;;
    esac
    # `command`, because bash refuses to unset some of its own variables, which would end the script.
    case $keep in *" $name "*) ;; *) command unset "$name" 2>/dev/null ;; esac
done
unset IFS

fail() { # CODE MESSAGE
    printf 'cloudsmith-oidc: %s\n' "$2" >&2
    exit "$1"
}

debug() { # MESSAGE
    [ "${CLOUDSMITH_OIDC_LOG_LEVEL:-}" != debug ] || printf 'cloudsmith-oidc: debug: %s\n' "$1" >&2
}

go() { # DIR: enter it; sets `at`, its path without links, and without the second slash that bash leaves at the front
    cd -P -- "$1" 2>/dev/null && at=${PWD#/} at=/${at#/}
}

# The next two are for $(…): they change the directory, and IFS.
real() { # DIR: print its path without links, or a path that contains nothing if there is no such directory
    if go "${1:-/nonexistent}"; then printf %s "$at"; else echo /nonexistent; fi
}

of_build() { # whether a build can write to the directory `at`
    case $at/ in "$workspace"/* | "$workspace_tmp"/* | "$login_directory"/*) ;; *) return 1 ;; esac
}

outside() { # PATHS, separated by colons: print, without links, those where no build can write
    result='' IFS=:
    for path in $1; do
        case $path in /*) ;; *) continue ;; esac
        # A link to a file, or to nothing yet
        [ -d "$path" ] || [ ! -L "$path" ] || path=$(readlink -f "$path" 2>/dev/null) || continue
        if [ -d "$path" ]; then file=''; else file=/${path##*/} path=${path%/*}/; fi
        way=$path/ # Of each directory on the way, a build could make a link.
        while [ -n "$way" ]; do
            way=${way%/*}
            go "$way/" && of_build && continue 2
        done
        { go "$path" && ! of_build; } || continue # Once more, as a build may just have moved what is there.
        [ -z "$file" ] || at=${at%/}
        path=$at$file
        # A build can also write to an earlier login directory.
        if [ -e "${path%/*}/login.json" ] || [ -e "${path%/*/*}/login.json" ]; then continue; fi
        result=$result:$path
    done
    printf %s "${result#:}"
}

command=${1:-} options=" $* " force='' registry=${DOCKER_CONFIG:-}
[ "$command ${2:-}" = 'logout --force' ] && force=yes && shift
case $options in *' --log-level'[\ =]'debug '*) CLOUDSMITH_OIDC_LOG_LEVEL=debug ;; esac
WORKSPACE_TMP=${WORKSPACE_TMP:-${WORKSPACE:+${WORKSPACE%/}@tmp}}
workspace=$(real "${WORKSPACE:-}") workspace_tmp=$(real "$WORKSPACE_TMP")
login_directory=$(real "${2:-}")
for name in $paths; do
    eval "given=\${$name:-}" && value=${given:+$(outside "$given")}
    [ "$value" = "$given" ] || debug "$name is '$value', not '$given': links are resolved, places of a build removed"
    if [ -n "$value" ]; then eval "$name=\$value"; else unset "$name"; fi
done
[ -n "${DOCKER_CONFIG:-}" ] && registry='' # else it was in the workspace, such as that of docker.withRegistry
# The program reads the user's home directory. In a container, HOME is another one.
export CLOUDSMITH_OIDC_HOME="${HOME:-/nonexistent}" CLOUDSMITH_OIDC_LAUNCHER=$version CLOUDSMITH_OIDC_AROUND=''

# ---- 2. Start the program -------------------------------------------------------------------------------------------

set_time() { # sets `timeout`, the command that ends others in time, and `deadline`, 6 seconds after the program's own
    # It sends TERM, and KILL 2 seconds later. An older busybox has the other forms.
    for timeout in 'timeout -k 2' 'timeout -s KILL' 'timeout -s KILL -t' ''; do
        now=$(${timeout:+$timeout 9} date +%s 2>/dev/null) && break
    done # Without a timeout(1), which is the last, empty one, the program's own deadline holds.
    seconds=${CLOUDSMITH_TIMEOUT:-}
    case $options in *' --timeout'[\ =]*) seconds=${options##* --timeout?} seconds=${seconds%% *} ;; esac
    seconds=${seconds%%.*}
    # The program refuses any other value.
    case $seconds in [0-9] | [1-9][0-9] | [1-9][0-9][0-9] | [1-9][0-9][0-9][0-9]) ;; *) seconds=60 ;; esac
    deadline=$((now + seconds + 6))
}

remaining() { # [MOST]: print the seconds until the deadline, at most MOST, at least 1, as 0 is no limit for timeout(1)
    left=$((deadline - $(date +%s)))
    [ $left -le "${1:-$left}" ] || left=$1
    echo $((left > 1 ? left : 1))
}

within() { # SECONDS COMMAND [ARG...]
    [ -n "$timeout" ] || shift
    # shellcheck disable=SC2086 # `timeout` is several words
    in_background $limit $timeout "$@"
}

limited() { # COMMAND [ARG...]: run it so that no file of it has more than 64 MB, also if it prints without end
    ulimit -f 131072 2>/dev/null
    exec "$@"
}

in_background() { # COMMAND [ARG...]: run it with `input` on its standard input, as a signal interrupts only `wait`
    child=new # A signal may arrive before the next line but one: `finish` then takes $!.
    printf %s "$input" 2>/dev/null | "$@" 3>&- 4>&- &
    child=$!
    wait "$child" 2>/dev/null # Some shells report a child that was killed.
    code=$?
    child=''
    return $code
}

choose_runtime() { # sets `runtime`, and `missing` if it is an engine that lacks the image
    image=${CLOUDSMITH_OIDC_IMAGE:-cloudsmith-oidc:$version} network=${CLOUDSMITH_OIDC_NETWORK:-} missing='' reasons=''
    case $image in -* | *[!A-Za-z0-9._:/@-]*) fail 2 "CLOUDSMITH_OIDC_IMAGE is '$image', no name of an image" ;; esac
    case $network in -* | *[!A-Za-z0-9._:-]*) fail 2 "CLOUDSMITH_OIDC_NETWORK is '$network', no network's name" ;; esac
    wanted=${CLOUDSMITH_OIDC_RUNTIME:-auto}
    [ "$wanted" = auto ] && wanted='local docker podman'
    for runtime in $wanted; do
        case $runtime in
            local) probe=cloudsmith-oidc ;;
            docker) probe='docker version' ;; # `docker info` of old versions succeeds without an engine.
            podman) probe='podman info' ;;    # `podman version` does not ask the engine.
            *) fail 2 "CLOUDSMITH_OIDC_RUNTIME is '$wanted': allowed are auto, local, docker, podman" ;;
        esac
        if ! command -v "${probe% *}" >/dev/null; then
            why="no ${probe% *} on PATH outside the workspace"
        else
            [ "$runtime" = local ] && return
            why=$(within "$(remaining 4)" "$runtime" image inspect "$image" 2>&1 >/dev/null) && return
            # An engine that says why it cannot show the image does not have it, or does not work.
            # shellcheck disable=SC2086 # `probe` is two words
            if [ -n "$why" ] && why=$(within "$(remaining 4)" $probe 2>&1 >/dev/null); then missing=yes && return; fi
        fi
        why=${why##*"$newline"} reasons="${reasons}cloudsmith-oidc: cannot use $runtime: ${why:-no answer in time}$newline"
    done
    printf %s "$reasons" >&2
    fail 2 "nothing can run the program here. Install the command cloudsmith-oidc, or give the agent docker or podman. \
In a pod or another container, see docs/troubleshooting.md#nothing-can-run-the-program"
}

print_odd_names() { # variables that no sh has, such as npm_config_@acme:registry, but that bash passes on to clients
    tr '\n\000' ' \n' <"/proc/$$/environ" |
        sed -n 's/^\([A-Za-z]*_[^= ]*[^A-Za-z0-9_= ][^= ]*\)=..*/\1/p' | head -c 32768
}

print_file() { # NAME BASE64: print a file for the program
    [ $((size += ${#2})) -lt 2000000 ] || fail 2 "the clients' own configuration is too large to carry over"
    printf -- '-----BEGIN FILE %s-----\n%s\n-----END FILE-----\n' "$1" "$2"
}

print_registry() { # Docker's configuration from docker.withRegistry around this: the program takes its logins
    [ "$command" = login ] && [ -n "$registry" ] && [ ! -e "$registry/../login.json" ] || return 0 # not a login's
    # A build can write there, so no link is followed. Without GNU's dd nothing is read.
    text=$( (set_directory "$registry" && enter_parent && enter "$leaf" && [ -f config.json ] &&
        dd if=config.json iflag=nofollow,nonblock bs=262145 count=1) 2>/dev/null | base64)
    [ -z "$text" ] || print_file around/config.json "$text"
}

print_files() { # what a container cannot read: certificates, and files of the home directory under their names there
    file=${SSL_CERT_FILE:-${REQUESTS_CA_BUNDLE:-${CURL_CA_BUNDLE:-}}}
    if [ -f "$file" ]; then
        debug "the container gets the certificates in $file"
        within 4 sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/p' "$file" 2>/dev/null ||
            fail 2 "the file of certificates $file cannot be read"
    fi
    [ "$command" = login ] || return 0
    case "${CLOUDSMITH_INHERIT:-} $options" in
        'true '* | *' --inherit '*) ;; *) home_marks="$home_marks $home_logins" home_logins='' ;; esac
    for name in $home_marks $home_files $home_logins; do
        case $name in # Some variables move a part of the home directory.
            .docker/*) top=.docker/ place=${DOCKER_CONFIG:-$CLOUDSMITH_OIDC_HOME/.docker} ;;
            .config/*) top=.config/ place=${XDG_CONFIG_HOME:-$CLOUDSMITH_OIDC_HOME/.config} ;;
            *) top='' place=$CLOUDSMITH_OIDC_HOME ;;
        esac
        set +f
        for file in "$place"/${name#"$top"}; do
            path=$top${file#"$place"/} text=''
            case $path in *[!A-Za-z0-9_.@+/-]*) continue ;; esac
            # Links are followed, as the clients do. Anything but a plain file might have no end.
            [ -f "$file" ] && [ -r "$file" ] || continue
            debug "the container is told of $file"
            case " $home_marks " in *" $name "*) ;; *) text=$(within 4 head -c 262145 "$file" | base64) ;; esac
            print_file "$path" "$text"
        done
        set -f
    done
}

run() { # ARG...: run the program with the secrets on its standard input; return its exit code if it has given a reason
    [ "$command" != login ] || CLOUDSMITH_OIDC_AROUND="$around $(print_odd_names 2>/dev/null)"
    text=$(print_registry) || exit
    secrets=$secrets${text:+$newline$text}
    if [ "$runtime" = local ]; then set -- cloudsmith-oidc "$@"; else
        # Only an image that an administrator named is pulled: others could own the default name in a registry.
        if [ -n "$missing" ] && [ -n "${CLOUDSMITH_OIDC_IMAGE:-}" ]; then
            printf 'cloudsmith-oidc: %s pulls the image %s, for at most 300 seconds\n' "$runtime" "$image" >&2
            within 300 "$runtime" pull --quiet "$image" >/dev/null
            set_time
        fi
        # Nothing is mounted, so these go the way of the secrets.
        text=$(print_files) || exit
        secrets=$secrets${text:+$newline$text}
        set -- "$image" "$@"
        for name in $settings; do # Naming one that is not set would remove it from an image that sets it.
            eval "[ -z \"\${$name+set}\" ]" || set -- --env "$name" "$@"
        done
        container=$(mktemp -u cloudsmith-oidc-XXXXXXXXXX)
        set -- "$runtime" run --rm -i --pull=never --name "$container" --read-only --tmpfs /tmp --cap-drop ALL \
            --security-opt no-new-privileges --user 65532:65532 --log-driver none --stop-timeout=0 \
            ${network:+"--network=$network"} "$@"
    fi
    limit=limited # Not before, as a pull writes more.
    left=$(remaining)
    debug "$runtime runs the program${container:+ in the image $image}, for at most $left seconds"
    input=$secrets$newline
    within "$left" "$@"
    input=''
    case $code in
        0) container='' && return ;;
        [2-8]) container='' && return $code ;;
        12[567]) container=''
            [ "$runtime" != local ] || fail 2 'the command cloudsmith-oidc cannot be started: install it again'
            fail 2 "$runtime cannot run the image '$image': it says why above. If there is none, build it in a \
checkout of this library (docker build -t IMAGE .), push it to a registry of yours, and name it with the option image \
or CLOUDSMITH_OIDC_IMAGE${registry:+. Logins in $registry are not used here: log in as the user of the agent}" ;;
    esac
    [ "$(date +%s)" -lt $deadline ] || fail 6 "the program ($runtime) gave no answer in $seconds seconds and was \
ended. Check that it works, or raise the timeout"
    fail $code "the program ended with status $code: what it said is above"
}

finish() { # on every way out: leave no process, no container, no temporary file, no new directory of a failed login
    status=$?
    trap '' HUP INT TERM
    unset IFS # An exit in a loop leaves it changed.
    input=''
    [ -z "$answer_file" ] || rm -f "$answer_file"
    [ "$child" != new ] || child=${!:-}
    if [ -n "$child" ]; then
        kill "$child"
        { sleep 3; kill -9 "$child"; } & # Where timeout(1) has no -k, the child is the program.
        guard=$!
        wait "$child"
        kill -9 "$guard"
        kill -9 "-$child" # timeout(1), ended in the moment of its start, leaves its child alone in its group.
    fi >/dev/null 2>&1 3>&- 4>&- 9>&-
    # A client of the engine that was ended can leave its container, and the engine can still be about to make it.
    [ -z "$container" ] || { within 4 "$runtime" rm -f "$container"; sleep 1; within 4 "$runtime" rm -f "$container"; } \
        >/dev/null 2>&1
    if [ $status -ne 0 ]; then
        [ -z "$begun" ] || (enter_parent && enter "$leaf" && empty)
        [ -z "$made$begun" ] || (enter_parent && rmdir "./$leaf")
    fi 2>/dev/null
    exit $status
}

# ---- 3. Write the login directory -----------------------------------------------------------------------------------
# A build can change names in it at any moment. So this script enters a directory, asks the kernel where it has arrived,
# and uses plain names from there.

cannot() { # WHY
    fail 8 "$dir cannot be used: $1"
}

exists() { # NAME
    [ -e "./$1" ] || [ -L "./$1" ]
}

set_directory() { # DIR: sets its plain path `dir`, which is `root` (may have links), then `below`, then `leaf`
    dir=''
    case ${1:-} in
        '') fail 2 'the directory is missing' ;;
        *"$newline"*) fail 2 'the path of the directory has a line break' ;;
        /*) way=$1 ;;
        *) way=$PWD/$1 ;;
    esac
    IFS=/
    for part in $way; do
        [ "$part" != .. ] || fail 2 "'$1' has .. in it: give the plain path of the directory"
        case $part in '' | .) ;; *) dir=$dir/$part ;; esac
    done
    unset IFS
    leaf=${dir##*/} root=${dir%/*}/
    [ -n "$leaf" ] || fail 2 "'$1' cannot be a login directory"
    # Builds cannot change the way to the workspace and its @tmp, however it is spelled, nor to the current directory.
    root=$(
        place=$(real "$PWD") way=${dir%/*}
        while [ -n "$way" ]; do
            go "$way" || at=$way
            case $at in
                "$workspace" | "$workspace_tmp" | "${WORKSPACE_TMP%/}") root=$way/ place='' ;;
                "$place") root=$way/ ;;
            esac
            way=${way%/*}
        done
        printf %s "$root"
    )
    below=${dir#"$root"} below=${below%"$leaf"}
}

enter() { # PATH [make]: go through directories below this one, none of them a link; fail where there is none
    case $1 in *?/?*) enter "${1%%/*}" ${2:+make} && enter "${1#*/}" ${2:+make}; return ;; esac
    set -- "${1%/}" ${2:+make}
    [ $# -eq 1 ] || exists "$1" || mkdir "./$1" 2>/dev/null
    exists "$1" || return
    here=${here%/}/$1 up=$up/..
    # An external pwd asks the kernel. The one of bash looks its own idea of the path up, which may have changed.
    cd -P "./$1" 2>/dev/null && [ "$(env pwd -P)" = "$here" ] ||
        cannot "$here is a symbolic link, or no directory that can be entered"
}

enter_parent() { # [make]
    [ $# -eq 0 ] || [ -d "$root" ] || mkdir -p -- "$root" 2>/dev/null
    cd -P -- "$root" 2>/dev/null || { [ ! -d "$root" ] || cannot "$root cannot be entered"; return 1; }
    here=$(env pwd -P) up=.
    [ -z "$below" ] || enter "$below" "$@"
}

enter_login() { # A login directory has login.json, or nothing, or only temporary files of an interrupted login.
    why="it must be new, or empty, or an earlier login's, and only this user may write to it. Give another one"
    [ "$command" = login ] || why='it does not look like a login directory, and stays. Give --force to remove it'
    enter "$leaf" && [ -n "$(find . -prune -user "$(id -u)" ! -perm -0020 ! -perm -0002 2>/dev/null)" ] || cannot "$why"
    [ -z "$made" ] || return 0 # It is new: what a build may have added since then is the build's own.
    # In this order, as another login may just be writing, and begins with login.json.
    has ! -name '.cloudsmith-oidc-*' || return 0
    [ -f login.json ] && [ ! -L login.json ] || cannot "$why"
}

has() { # [FIND ARG...]: whether anything in this directory fits the arguments
    [ -n "$(find . ! -name . -prune "$@" 2>&1 | head -c 1)" ] # An error is not nothing.
}

empty() { # [FIND ARG...]: remove what is in this directory and fits the arguments; fail unless all of it is gone
    has "$@" || return 0
    case $(rm --version 2>/dev/null) in
        *'GNU coreutils'*) # Files first: most hold tokens, and a build may have planted a tree that takes too long.
            within "$(remaining)" find . ! -name . -prune "$@" ! -type d -exec rm -f {} + 2>/dev/null
            within "$(remaining)" find . ! -name . -prune "$@" -exec rm -rf {} + 2>/dev/null ;;
        *) in_background empty_by_steps "$@" 2>/dev/null ;;
    esac
    ! has "$@"
}

empty_by_steps() { # for another rm, which follows a link that takes the place of a directory at the right moment
    find . ! -name . -prune "$@" ! -type d -exec rm -f {} +
    find . ! -name . -prune "$@" -type d -exec rmdir {} +
    set +f
    for entry in ./* ./.[!.]* ./..?*; do
        # A build may have planted a tree that takes for ever; and `finish` ends only the first process of this.
        [ "$(remaining)" -gt 1 ] && kill -0 $$ 2>/dev/null || return
        [ -d "$entry" ] && [ -n "$(find "$entry" -prune "$@" -print)" ] || continue
        ([ $((depth += 1)) -le 50 ] && enter "${entry#./}" && empty_by_steps)
        rmdir "$entry"
    done
}

open_answer() { # descriptors 3, to which the program writes, and 4, from which this script reads
    answer_file=$(mktemp "${TMPDIR:-/tmp}/cloudsmith-oidc.XXXXXX" 2>/dev/null) || fail 8 "cannot write to ${TMPDIR:-/tmp}"
    exec 3>"$answer_file"
    exec 4<"$answer_file"
    rm -f "$answer_file" && answer_file=''
}

read_answer() { # sets `answer`, lines of PATH TEXT; fails unless it is whole, and all paths are plain ones below DIR
    { answer=$(head -c 4194305 <&4); } 2>/dev/null
    [ ${#answer} -le 4194304 ] || return
    case $answer in 'login.json '*"${newline}env "*"${newline}end") answer=${answer%"${newline}end"} ;; *) return 1 ;; esac
    part='\.?[A-Za-z0-9_@+][A-Za-z0-9_.@+-]*'
    # TEXT is ASCII, with a backslash and other characters in octal, for printf %b.
    [ "$(printf '%s\n' "$answer" | grep -Evc "^$part(/$part){0,4} ([]-~ -[]|\\\\0[0-3][0-7][0-7])*\$")" = 0 ]
}

move() { # FILE NAME: rename a file. -T of GNU and busybox, -h of BSD: never into a directory to which NAME is a link.
    mv -fT "$1" "./$2" || mv -fh "$1" "./$2"
}

put() ( # RANDOM PATH FORMAT TEXT: write a file under a name that nobody can know, and rename it
    new=.cloudsmith-oidc-$1
    set -C # The file must not exist.
    # shellcheck disable=SC2059 # `%b` or `%s`
    { printf "$3" "$4" >"./$new" && case $2 in
        */*) (up=. && enter "${2%/*}" make && move "$up/$new" "${2##*/}") ;; # `enter` adds to `up`.
        *) move "./$new" "$2" ;;
    esac; } 2>/dev/null && exit
    rm -f "./$new"
    cannot "$2 cannot be written there"
)

set_traps() {
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

login() { # [ARG...]
    # The directory is checked before a token is requested.
    (enter_parent && exists "$leaf" || exit 0; enter_login) || exit 8
    open_answer
    run login --token-stdin --output - --root "$dir" "$@" >&3 || exit
    read_answer || fail 8 "the program's answer is incomplete, too large, or no list of files: nothing was written"
    enter_parent make || cannot 'it cannot be made'
    trap '' HUP INT TERM
    mkdir "./$leaf" 2>/dev/null && made=yes # If this login fails, `finish` removes the directory, if it is empty;
    set_traps
    # Outside other logins, remove the step's directories that are a day old: their tokens have expired.
    case $outer_login,$leaf in ,cloudsmith-oidc-*)
        empty -type d -name 'cloudsmith-oidc-????????-????-????-????-????????????' ! -name "$leaf" -mtime +0 ;;
    esac
    enter_login
    [ -n "$made" ] || chmod 700 .
    # One login writes at a time. The lock ends with this process; without the program flock there is none.
    exec 9<.
    ! command -v flock >/dev/null || flock -n 9 || { [ -n "$timeout" ] && within 5 flock 9; } ||
        cannot 'another login is writing to it'
    [ -e login.json ] || begun=yes # from here on also if it is not.
    trap '' HUP INT TERM # The files are written in milliseconds, and half of them would be useless.
    set --
    IFS=$newline
    for line in $answer; do set -- "$@" ! -name "${line%%[ /]*}"; done
    # A name that nobody can know for each file: a number and a space.
    # shellcheck disable=SC2046 # each word that od prints
    random=$(unset IFS; printf '%s ' $(od -An -v -tx8 -N $((8 * $# / 3)) /dev/urandom))
    for line in $answer; do
        [ -n "${random%% *}" ] || cannot 'od gives no random numbers'
        put "${random%% *}" "${line%% *}" %b "${line#* }" || exit
        random=${random#* }
        case $line in 'env '*) variables=${line#* } ;; esac
    done
    unset IFS
    set_traps
    empty "$@" || cannot 'what else is in it cannot be removed'
    printf %b "$variables" || cannot 'its variables cannot be printed'
}

explain() { # [ARG...]
    [ -n "$CLOUDSMITH_OIDC_HTML" ] || { run explain --token-stdin "$@"; return; }
    set_directory "$CLOUDSMITH_OIDC_HTML"
    open_answer
    run explain --token-stdin --html - "$@" >&3
    result=$?
    page=$(head -c 4194305 <&4)
    [ -n "$page" ] || [ $result -ne 0 ] || fail 8 'the program gave no page'
    # With 8, the program could not write all of it.
    [ -n "$page" ] && [ $result -ne 8 ] || return $result
    [ ${#page} -lt 4194305 ] || fail 8 "the program's page is too large: nothing was written"
    umask 022 # The page holds no secret, and another user may archive it.
    enter_parent make || cannot 'its directory cannot be made'
    ! exists "$leaf" || { [ -f "./$leaf" ] && [ ! -L "./$leaf" ]; } || cannot 'it is no plain file'
    trap '' HUP INT TERM # It is written in milliseconds, and an unfinished file must not stay.
    put "$(mktemp -u XXXXXXXXXX)" "$leaf" '%s\n' "$page" || exit
    return $result
}

logout() {
    enter_parent && exists "$leaf" || return 0
    # Another log-out may remove it at this moment. What is here then is its parent.
    if [ -n "$force" ]; then enter "$leaf" || return 0; else enter_login; fi
    chmod 700 . 2>/dev/null # A build may have changed it.
    # The record last: with it, a log-out that was interrupted can be repeated.
    empty ! -name login.json && empty
    { enter_parent && rmdir "./$leaf" 2>/dev/null; } || fail 8 "cannot remove all of $dir"
}

case $(command -v printf) in /*) fail 2 'this sh has no printf of its own: another would show the token to ps' ;; esac
CLOUDSMITH_OIDC_HTML=${CLOUDSMITH_OIDC_HTML:-} answer_file='' child='' container='' made='' begun='' limit='' input=''
depth=0 size=0
set_traps
trap finish EXIT
set_time
case $command in
    login) set_directory "${2:-}"; shift 2; choose_runtime; login "$@" ;;
    logout) set_directory "${2:-}"; logout ;;
    explain) secrets=$secrets${api_key:+$newline$api_key}; shift; choose_runtime; explain "$@" ;;
    *) fail 2 'usage: cloudsmith-oidc.sh login DIR [ARG...] | logout [--force] DIR | explain [ARG...]' ;;
esac
