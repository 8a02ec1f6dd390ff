#!/usr/bin/env python3
"""Say what the image is made of, in CycloneDX: `sbom.py PYTHON < DEBIAN`, in the image's build.

PYTHON is the program's, in its own environment. DEBIAN has a line for each of Debian's packages: name, version,
architecture.
The same image gives the same document: it has no serial number, and the time only that SOURCE_DATE_EPOCH says.
"""

import json
import platform
import subprocess
import sys
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL


def output(*command: str) -> str:
    """Run a command and give what it prints."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603 - all from here


def component(url: PackageURL) -> dict[str, Any]:
    """Describe one of the image's parts that are not Python packages."""
    return {"type": "library", "name": url.name, "version": url.version, "purl": str(url), "bom-ref": str(url)}


python = sys.argv[1]
sbom = json.loads(output(sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", python))
program = next(each for each in sbom["components"] if each["name"] == "cloudsmith-oidc")
sbom["metadata"]["component"] = component(PackageURL("oci", None, "cloudsmith-oidc", program["version"])) | {
    "type": "container"
}
version = output(python, "-c", "import platform; print(platform.python_version())").strip()
sbom["components"].append(component(PackageURL("generic", None, "python", version)))
release = platform.freedesktop_os_release()["VERSION_CODENAME"]  # for scanners: what is fixed depends on it
for line in sys.stdin:
    name, version, architecture = line.split()
    qualifiers = {"arch": architecture, "distro": release}
    sbom["components"].append(component(PackageURL("deb", "debian", name, version, qualifiers)))

text = json.dumps(sbom, indent=1, sort_keys=True)
if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
    sys.exit(f"not CycloneDX: {error}")
sys.stdout.write(f"{text}\n")
