"""Conan 2."""

from clients.client import Client

PROFILE = "conan profile detect --exist-ok"
INSTALL = "conan install --build=missing --deployer=full_deploy"
RECIPE = """
from conan import ConanFile

class Acme(ConanFile):
    name = "acme-conan"
    version = "1.0.0"
"""

CLIENT = Client(
    format="conan",
    program="conan",
    version="conan --version",
    files={"conanfile.py": RECIPE},
    read=f"{PROFILE}; {INSTALL} --requires=acme-hello/1.0.0",
    got="full_deploy/host/acme-hello/*/**/acme-hello.txt",
    publish=f"{PROFILE}; conan create .; conan upload -c -r cloudsmith acme-conan",
    published="https://conan.cloudsmith.io/acme/prod/v2/conans/acme-conan/1.0.0/_/_/latest",
    loud=f"{PROFILE}; {INSTALL} -vvv --requires=acme-hello/1.0.0; conan config list; conan config show '*'; "
    'conan remote list; conan remote login cloudsmith; conan remote list-users -vvv; env; cat "$CONAN_HOME"/*.json',
    several=f"{PROFILE}; {INSTALL} --requires=acme-hello/1.0.0 --requires=acme-tools/1.0.0",
    second_index=f"{PROFILE}; conan remote add public https://public.example.com/conan/; "
    f"{INSTALL} --requires='acme-hello/[>=1.0]'",
    taken="ls full_deploy/host/acme-hello",
    alone=True,
)
