"""What the clients that run on Java need in order to meet the sandbox: they heed neither its proxy nor its CA."""

import fcntl
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from needs import INSTALLED
from sandbox import Sandbox

FETCH_SECONDS = 150.0
CENTRAL = INSTALLED.parent / "central"
"""What builds get from Maven Central, such as Maven's plugins: a job of the tests does not get out of the sandbox."""


def options(sandbox: Sandbox, home: Path) -> Mapping[str, str]:
    """Make Java use the sandbox's proxy and CA, and `home`, which it would look up among the system's users.

    A world without a proxy is the real one, which Java reaches by itself.
    """
    if not sandbox.proxy_url:
        return {"JAVA_TOOL_OPTIONS": f"'-Duser.home={home}'"}
    store = sandbox.state / "trust.p12"
    if not store.exists():
        entry = ["-alias", "sandbox", "-file", str(sandbox.ca_file)]
        kept = ["-keystore", str(store), "-storetype", "PKCS12", "-storepass", "changeit"]
        subprocess.run(["keytool", "-importcert", "-noprompt", *entry, *kept], capture_output=True, check=True)
    proxy = urlsplit(sandbox.proxy_url)
    properties = {
        "https.proxyHost": proxy.hostname,
        "https.proxyPort": proxy.port,
        "javax.net.ssl.trustStore": store,
        "javax.net.ssl.trustStorePassword": "changeit",
        "user.home": home,
    }
    return {"JAVA_TOOL_OPTIONS": " ".join(f"'-D{name}={value}'" for name, value in properties.items())}


def from_central(name: str, program: str, *arguments: str, files: Mapping[str, str]) -> Path:
    """Let a program fill a part of CENTRAL from the real Maven Central, if it was not yet done, and return that.

    It runs in a directory with `files`, in the environment of the tests and not of a job.
    """
    place = CENTRAL / name
    CENTRAL.mkdir(parents=True, exist_ok=True)
    with (CENTRAL / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            build = CENTRAL / f"{name}.build"
            subprocess.run(["rm", "-rf", str(build)], check=True)
            build.mkdir()
            for path, text in files.items():
                (build / path).write_text(text)
            path = f"{INSTALLED}{os.pathsep}{os.environ['PATH']}"
            command = [
                "sh",
                "-c",
                f'exec {program} "$@"',
                program,
                *arguments,
                f"-Dmaven.repo.local={build}/repository",
            ]
            subprocess.run(command, cwd=build, env={**os.environ, "PATH": path}, check=True, timeout=FETCH_SECONDS)
            (build / "repository").rename(place)
    return place
