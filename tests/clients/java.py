"""What the clients that run on Java need in order to meet the sandbox: they heed neither its proxy nor its CA."""

import fcntl
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from needs import INSTALLED
from sandbox import Sandbox

FETCH_SECONDS = 150.0
CENTRAL = INSTALLED.parent / "central"
"""What builds get from Maven Central, such as Maven's plugins: a job of the tests does not get out of the sandbox."""


def options(sandbox: Sandbox, home: Path) -> dict[str, str]:
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


def maven(sandbox: Sandbox, home: Path, constants: Mapping[str, str], pom: str) -> dict[str, str]:
    """Let a Maven find the sandbox's proxy, and the plugins of its goals, for which `constants` are its description's.

    A world without a proxy is the real one, as for `options`.
    """
    alone = re.sub("(?s)<dependency>.*</dependency>", "", pom)
    goals = [constants["COPY"], constants["DEPLOY"], constants["SHOW"]]
    nowhere = f"-DaltDeploymentRepository=x::{(home / 'x').as_uri()}"
    central = _from_central(constants["NAME"], constants["program"], alone, *goals, nowhere)
    # Below 3.9, Maven does not know the tail of the local repository, and takes a mirror's time.
    mirror = f"<id>central-here</id><mirrorOf>central</mirrorOf><url>{central.as_uri()}</url>"
    host, port = urlsplit(sandbox.proxy_url).hostname, urlsplit(sandbox.proxy_url).port
    proxy = f"<proxy><protocol>https</protocol><host>{host}</host><port>{port}</port></proxy>" if host else ""
    settings = home.parent / "settings.xml"
    settings.write_text(f"<settings><mirrors><mirror>{mirror}</mirror></mirrors><proxies>{proxy}</proxies></settings>")
    fast = f"-XX:TieredStopAtLevel=1 -Dmaven.repo.local.tail={central}"
    return {"USER_SETTINGS": str(settings), "MAVEN_OPTS": fast}


def _from_central(name: str, program: str, pom: str, *arguments: str) -> Path:
    """Let Maven fill a part of CENTRAL from the real Maven Central, if it was not yet done, and return that.

    It runs in the environment of the tests and not of a job.
    """
    place = CENTRAL / name
    CENTRAL.mkdir(parents=True, exist_ok=True)
    with (CENTRAL / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            build = CENTRAL / f"{name}.build"
            subprocess.run(["rm", "-rf", str(build)], check=True)
            build.mkdir()
            (build / "pom.xml").write_text(pom)
            path = f"{INSTALLED}{os.pathsep}{os.environ['PATH']}"
            options = ["-q", "-B", f"-Dmaven.repo.local={build}/repository"]
            command = ["sh", "-c", f'exec {program} "$@"', program, *arguments, *options]
            subprocess.run(command, cwd=build, env={**os.environ, "PATH": path}, check=True, timeout=FETCH_SECONDS)
            (build / "repository").rename(place)
    return place
