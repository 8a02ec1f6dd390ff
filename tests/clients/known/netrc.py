"""curl, which is told the file."""

from clients.client import Client

RAW = "https://dl.cloudsmith.io/basic/acme/prod/raw/files"
GET = 'curl --disable --silent --show-error --fail --netrc-file "$NETRC"'

CLIENT = Client(
    format="netrc",
    program="curl",
    version="curl --version",
    read=f"{GET} --remote-name {RAW}/acme-hello.txt",
    got="acme-hello.txt",
    loud=f'{GET} --verbose --remote-name {RAW}/acme-hello.txt; cat "$NETRC"',
    several=f"{GET} --remote-name {RAW.replace('prod', 'dev')}/acme-tools.txt",
    domains=False,
)
