"""NuGet 2.8.7, Debian's. It proves the login's file, which it reads by -ConfigFile: the source, and its login.

It proves nothing else of dotnet and of NuGet from 3 on: it does not know NUGET_COMMON_APPLICATION_DATA, nor version 3
of the protocol.
"""

from clients.client import Client

INSTALL = (
    "nuget install -NonInteractive -Verbosity detailed -NoCache -Version 1.0.0 "
    '-ConfigFile "$NUGET_COMMON_APPLICATION_DATA/NuGet/Config/cloudsmith.config"'
)

CLIENT = Client(
    format="nuget",
    program="nuget",
    # It takes a minute to print all of its help.
    version="nuget help | sed 1q",
    read=f"{INSTALL} acme-hello",
    got="acme-hello.1.0.0/content/hello.txt",
    loud=f'{INSTALL} acme-hello; env; cat "$NUGET_COMMON_APPLICATION_DATA"/NuGet/Config/*',
    several=f"{INSTALL} acme-tools",
    # Mono needs its own store of certificates, and no proxy: so it asks the sandbox on loopback.
    settings=lambda sandbox: {"CLOUDSMITH_DOMAINS": f"nuget={sandbox.url('nuget')}"},
    domains=False,
    without_files="fails",
)
