"""dnf, in a system of its own below the job's directory; Debian's dnf is root's, even for that."""

from clients.client import Client

DNF = (
    'dnf() { command dnf --installroot="$PWD/root" --releasever=9 --setopt=sslcacert="$SSL_CERT_FILE"'
    ' --setopt=gpgcheck=1 --setopt=reposdir="$PWD,$CLOUDSMITH_DNF_REPOSDIR" --setopt=cachedir="$PWD/cache"'
    ' --assumeyes "$@"; }\n'
)
GET = "dnf install --downloadonly --destdir=."

CLIENT = Client(
    format="rpm",
    program="dnf",
    version="dnf --version",
    files={"public.off": "[public]\nname=public\nbaseurl=https://public.example.com/rpm/noarch\ngpgcheck=0\n"},
    read=f"{DNF}{GET} acme-hello",
    got="acme-hello-1.0.0-1.noarch.rpm",
    loud=f"{DNF}{GET} -v --debuglevel=10 acme-hello; dnf repolist -v; "
    'cat "$CLOUDSMITH_DNF_REPOSDIR"/*; find root cache -name "*.log" -exec cat {} +',
    several=f"{DNF}{GET} acme-tools",
    second_index=f"{DNF}mv public.off public.repo; {GET} acme-hello",
    taken="ls *.rpm",
    takes="acme-hello-1.0.0-1.noarch.rpm",
    space=False,
)
