#!/bin/sh
# complete.sh VERSION: makes bin/sbt of the launcher's jar in this directory, and has it fetch sbt itself and what that
# needs to compile Scala and Java, so that it starts without network. Of sbt's repositories only Maven Central is asked.
set -eu
mkdir bin
mv sbt-launch-*.jar sbt-launch.jar
printf '[repositories]\nlocal\nmaven-central\n' >repositories
cat >bin/sbt <<'TEXT'
#!/bin/sh
home=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck disable=SC2086 # options, in words, as sbt's own script takes them
exec java -Dsbt.boot.directory="$home/boot" -Dsbt.coursier.home="$home/coursier" -Dsbt.ivy.home="$home/ivy" \
    -Dsbt.override.build.repos=true -Dsbt.repository.config="$home/repositories" \
    ${JAVA_OPTS:-} ${SBT_OPTS:-} -jar "$home/sbt-launch.jar" "$@"
TEXT
chmod +x bin/sbt

mkdir -p warm-up/project
cd warm-up
echo "sbt.version=$1" >project/build.properties
echo 'name := "warm-up"' >build.sbt
echo 'object Hello' >Hello.scala
echo 'class Good {}' >Good.java
SBT_OPTS="-Dsbt.global.base=global" ../bin/sbt package makePom >sbt.log 2>&1 || {
    cat sbt.log >&2
    exit 1
}
cd ..
rm -r warm-up
