#!/bin/sh
# Lock clients anew after a change of clients.txt, with hashes and without the address of a registry: lock.sh NAME…
# Needs uv for those from PyPI, npm or mvn for the others.
set -eu
cd "$(dirname "$0")"
for name in "$@"; do
    # shellcheck disable=SC2046 # the words of the row
    set -- $(grep "^$name " clients.txt)
    from=$3 version=$4 package=$5
    mkdir -p "locks/$name"
    case $from in
        pypi)
            echo "$package==$version" | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
                --upgrade --no-header --no-annotate --output-file "locks/$name/requirements.txt" -
            ;;
        npm)
            (
                cd "locks/$name"
                [ -e package.json ] || echo '{"private":true}' >package.json
                npm pkg set --silent "dependencies.$package=$version"
                npm install --package-lock-only --omit-lockfile-registry-resolved --silent --no-audit --no-fund
            )
            ;;
        maven)
            fetched=$(mktemp -d)
            mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
                -Dartifact="$(echo "$package" | sed "s/:/:$version:/2")" -DoutputDirectory="$fetched"
            (cd "$fetched" && sha512sum -- *) >"locks/$name/SHA512SUMS"
            rm -r "$fetched"
            ;;
    esac
done
