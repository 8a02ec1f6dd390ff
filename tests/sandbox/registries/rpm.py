"""A repository for dnf with signed packages: made by Debian's rpm and gnupg, repodata by hand."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sandbox.registries.base import Place, StaticRegistry
from sandbox.samples import digest

SECONDS = 60.0
COMMON, RPM, REPO = (f"http://linux.duke.edu/metadata/{name}" for name in ("common", "rpm", "repo"))
SPEC = """Name: {name}
Version: {version}
Release: 1
Summary: A sample
License: none
BuildArch: noarch
%description
A sample.
%files
"""


class RpmRegistry(StaticRegistry):
    """Packages without an architecture are in a place of their own, as at Cloudsmith; the others are empty."""

    programs = ("gpg", "rpmbuild")
    places = (Place("dl", "basic/{org}/{repo}/rpm/el/9"), Place("dl", "basic/{org}/{repo}/gpg.key"))

    def __init__(self, state: Path, version: str) -> None:
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(state), "GNUPGHOME": str(state / "gnupg")}
        (state / "gnupg").mkdir(mode=0o700)
        try:
            self._run(
                state, "gpg", "--batch", "--passphrase=", "--quick-gen-key", "sandbox", "rsa2048", "sign", "never"
            )
            self._key = self._run(state, "gpg", "--batch", "--armor", "--export", "sandbox")
            super().__init__(state, version)
        finally:
            self._run(state, "gpgconf", "--kill", "gpg-agent")

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        rpms = {path.name: path.read_bytes() for path in map(self._package, packages)}
        without = {f"/noarch/{name}": content for name, content in rpms.items()} | _repodata("noarch", rpms)
        return {"": self._key} | without | _repodata("x86_64", {}) | _repodata("aarch64", {})

    def _package(self, name: str) -> Path:
        folder = self.state / name
        folder.mkdir()
        (folder / "spec").write_text(SPEC.format(name=name, version=self.version))
        self._run(folder, "rpmbuild", "-bb", f"--define=_topdir {folder}", f"--define=_rpmdir {folder}", "spec")
        [path] = folder.glob("noarch/*.rpm")
        gpg = shutil.which("gpg")
        self._run(folder, "rpmsign", "--addsign", "--define=_gpg_name sandbox", f"--define=__gpg {gpg}", str(path))
        return path

    def _run(self, folder: Path, *command: str) -> bytes:
        return subprocess.run(
            command, cwd=folder, env=self._environment, capture_output=True, check=True, timeout=SECONDS
        ).stdout


def _repodata(architecture: str, rpms: dict[str, bytes]) -> dict[str, bytes]:
    entries = "".join(map(_entry, rpms, rpms.values()))
    primary = f'<metadata xmlns="{COMMON}" xmlns:rpm="{RPM}" packages="{len(rpms)}">{entries}</metadata>'.encode()
    repomd = (
        f'<repomd xmlns="{REPO}"><revision>1</revision><data type="primary">{_sum(primary)}'
        '<location href="repodata/primary.xml"/><timestamp>1</timestamp></data></repomd>'
    )
    files = {"primary.xml": primary, "repomd.xml": repomd.encode()}
    return {f"/{architecture}/repodata/{path}": text for path, text in files.items()}


def _entry(path: str, content: bytes) -> str:
    found = re.fullmatch(r"(.*)-(.*)-1\.noarch\.rpm", path)
    assert found
    name, version = found.groups()
    return (
        f'<package type="rpm"><name>{name}</name><arch>noarch</arch><version epoch="0" ver="{version}" rel="1"/>'
        f"{_sum(content)}<summary/><description/><packager/><url/>"
        f'<time file="1" build="1"/><size package="{len(content)}" installed="1" archive="1"/>'
        f'<location href="{path}"/><format><rpm:license/><rpm:vendor/><rpm:group/><rpm:buildhost/>'
        '<rpm:sourcerpm/><rpm:header-range start="0" end="1"/>'
        f'<rpm:provides><rpm:entry name="{name}" flags="EQ" epoch="0" ver="{version}" rel="1"/></rpm:provides>'
        "</format></package>"
    )


def _sum(content: bytes) -> str:
    return f'<checksum type="sha256" pkgid="YES">{digest(content)}</checksum>'
