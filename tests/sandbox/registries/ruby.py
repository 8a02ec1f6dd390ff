"""Gems, built by this machine's Ruby, and their index: https://guides.rubygems.org/rubygems-org-compact-index-api/ ."""

import gzip
import re
import subprocess
import zlib
from collections.abc import Sequence

from sandbox.faults import Answer
from sandbox.registries.base import NOT_FOUND, Call, Place, StaticRegistry
from sandbox.samples import GREETING, digest, member

BUILD = """
require 'rubygems/package'
name, version, greeting = ARGV
File.write('hello.rb', "GREETING = #{greeting.dump}\\n")
spec = Gem::Specification.new do |s|
  s.name, s.version, s.summary, s.authors = name, version, greeting, ['Acme']
  s.files, s.require_paths = ['hello.rb'], ['.']
end
Gem::DefaultUserInteraction.ui = Gem::SilentUI.new
Gem::Package.build(spec, true)
File.binwrite('spec', Marshal.dump(spec))
"""


class RubyRegistry(StaticRegistry):
    """Read at one host, pushed to at another, where the key is the whole header, so that it begins with Bearer."""

    programs = ("ruby",)
    places = (Place("dl", "basic/{org}/{repo}/ruby"), Place("ruby", "{org}/{repo}"))
    schemes = ("Basic", "Bearer")

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        files = {"/": b"gems"}
        for name in packages:
            full_name = f"{name}-{self.version}"
            subprocess.run(["ruby", "-e", BUILD, name, self.version, GREETING], cwd=self.state, check=True)
            gem = (self.state / f"{full_name}.gem").read_bytes()
            files[f"/gems/{full_name}.gem"] = gem
            files[f"/quick/Marshal.4.8/{full_name}.gemspec.rz"] = zlib.compress((self.state / "spec").read_bytes())
            info = f"---\n{self.version} |checksum:{digest(gem)}\n".encode()
            files[f"/info/{name}"] = info
        digests = {name: digest(files[f"/info/{name}"], "md5") for name in packages}
        versions = [f"{name} {self.version} {digest}\n" for name, digest in digests.items()]
        files["/versions"] = f"created_at: 2026-01-01T00:00:00Z\n---\n{''.join(versions)}".encode()
        return files

    def answer(self, call: Call) -> Answer:
        if call.request.method == "POST" and call.rest != "/api/v1/gems":
            return NOT_FOUND
        return super().answer(call)

    def publish(self, call: Call) -> None:
        """Keep a gem under the name that its metadata has."""
        metadata = gzip.decompress(member(call.request.body, "metadata.gz")).decode()
        found = re.search(r"^name: (\S+)\nversion: .*\n  version: (\S+)\n", metadata, re.MULTILINE)
        assert found
        self.kept[call.repo][f"/gems/{found[1]}-{found[2]}.gem"] = call.request.body
