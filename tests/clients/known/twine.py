"""twine, which only publishes."""

from clients.client import Client

BUILD = "python3 -m zipfile -c acme_twine-1.0.0-py3-none-any.whl acme_twine.py acme_twine-1.0.0.dist-info"
UPLOAD = 'twine upload --non-interactive --config-file "$CLOUDSMITH_TWINE_CONFIG"'

CLIENT = Client(
    format="twine",
    program="twine",
    version="twine --version",
    files={
        "acme_twine.py": "",
        "acme_twine-1.0.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: acme-twine\nVersion: 1.0.0\n",
        "acme_twine-1.0.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "acme_twine-1.0.0.dist-info/RECORD": "",
    },
    read="",
    got="uploaded",
    publish=f"{BUILD}; {UPLOAD} *.whl",
    published="https://dl.cloudsmith.io/basic/acme/prod/python/simple/acme-twine/",
    loud=f'{BUILD}; {UPLOAD} --verbose *.whl && touch uploaded; env; cat "$CLOUDSMITH_TWINE_CONFIG"',
    several=f"{BUILD}; {UPLOAD} -r cloudsmith-dev *.whl",
    domains=False,
)
