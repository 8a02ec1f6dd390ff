"""git."""

from clients.client import Client

INDEX = "https://dl.cloudsmith.io/basic/acme/prod/cocoapods/index.git"

CLIENT = Client(
    format="git",
    program="git",
    version="git --version",
    read=f"git clone {INDEX} index",
    got="index/Specs/acme-hello/1.0.0/acme-hello.podspec.json",
    loud=f"GIT_CURL_VERBOSE=1 GIT_TRACE=1 GIT_TRACE_REDACT=0 GIT_TRACE_CURL=1 git clone {INDEX} index; "
    f"git config --list --show-origin; printf 'url={INDEX}\\n' | git credential fill; env",
    several=f"git clone {INDEX.replace('prod', 'dev')} index",
    environment=lambda sandbox, _: {"GIT_SSL_CAINFO": str(sandbox.ca_file), "GIT_TERMINAL_PROMPT": "0"},
    domains=False,
)
