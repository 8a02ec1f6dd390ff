"""curl."""

from clients.client import Client

RAW = "https://dl.cloudsmith.io/basic/acme/prod/raw"
GENERIC = "https://generic.cloudsmith.io/acme/prod/tools"
UPLOADED = "https://upload.cloudsmith.io/acme/prod/acme-curl.txt"
GET = "curl --silent --show-error --fail --location"

CLIENT = Client(
    format="curl",
    program="curl",
    version="curl --version",
    files={"acme-curl.txt": "new\n"},
    read=f"{GET} --output raw {RAW}/files/acme-hello.txt && {GET} --output generic {GENERIC}/acme-hello.txt",
    got="generic",
    publish=f"{GET} --upload-file acme-curl.txt {UPLOADED} | grep identifier",
    published=UPLOADED,
    loud=f'{GET} --verbose --output generic {GENERIC}/acme-hello.txt; cat "$CURL_HOME/.curlrc" "$NETRC"',
    several=f"{GET} --remote-name {RAW.replace('prod', 'dev')}/files/acme-tools.txt",
    domains=False,
)
