"""conda, which PyPI does not have: `conda` here runs `python -m conda` of its source, installed with pip."""

from clients.client import Client
from clients.known.rattler import CHANNEL

CREATE = "conda create --quiet --yes --prefix prefix --solver classic --override-channels"

CLIENT = Client(
    format="conda",
    program="conda",
    version="conda --version",
    read=f"{CREATE} --channel {CHANNEL}/prod acme-hello",
    got="prefix/share/acme-hello.txt",
    loud=f'{CREATE} -vvv --channel {CHANNEL}/prod acme-hello; conda config --show; conda info; env; cat "$NETRC"',
    several=f"{CREATE} --channel {CHANNEL}/prod --channel {CHANNEL}/dev acme-tools",
    second_index=f"{CREATE} --channel {CHANNEL}/prod --channel https://public.example.com/conda acme-hello",
    taken="ls prefix/conda-meta",
    takes="acme-hello-1.0.0-0.json",
    domains=False,
)
