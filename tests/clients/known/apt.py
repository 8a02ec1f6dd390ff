"""apt, in a system of its own below the job's directory, so that it needs no privileges."""

from clients.client import Client

SOURCE = "deb [trusted=yes] https://{} bookworm main\n"
APT = (
    'apt() { apt-get -o Dir::Etc::sourceparts=- -o Dir::Etc::sourcelist="$PWD/sources" -o Dir::State="$PWD/state"'
    ' -o Dir::State::status="$PWD/status" -o Dir::Cache="$PWD/cache" -o Acquire::https::CAInfo="$SSL_CERT_FILE"'
    ' -o APT::Sandbox::User="$(id -un)" "$@"; }\n'
    "mkdir -p state/lists/partial cache/archives/partial; touch status\n"
)
GET = "apt update --error-on=any && apt download"

CLIENT = Client(
    format="deb",
    program="apt-get",
    version="apt-get --version",
    files={
        "sources": SOURCE.format("dl.cloudsmith.io/basic/acme/prod/deb/debian"),
        "tools": SOURCE.format("dl.cloudsmith.io/basic/acme/dev/deb/debian"),
        "public": SOURCE.format("public.example.com/deb"),
    },
    read=f"{APT}{GET} acme-hello",
    got="acme-hello_1.0.0_all.deb",
    loud=f"{APT}apt -o Debug::Acquire::https=1 -o Debug::Acquire::netrc=1 -o Debug::pkgAcquire::Worker=1 update; "
    "apt -o Debug::Acquire::https=1 -o Debug::Acquire::netrc=1 download acme-hello; apt-config dump; "
    'cat "$APT_CONFIG" "$(dirname "$APT_CONFIG")"/*',
    several=f"{APT}cat tools >>sources; {GET} acme-hello acme-tools",
    second_index=f"{APT}cat public >>sources; {GET} acme-hello",
    taken="ls *.deb",
    takes="acme-hello_9.9.0_all.deb",
    domains=False,
)
