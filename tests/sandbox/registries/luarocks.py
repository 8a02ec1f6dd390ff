"""A server of rocks (https://github.com/luarocks/luarocks/wiki/Rocks-repositories)."""

from collections.abc import Sequence

from sandbox.registries.base import Place, StaticRegistry
from sandbox.samples import GREETING, digest, zipped


class LuarocksRegistry(StaticRegistry):
    """Rocks with one module, for every Lua and every architecture."""

    places = (Place("dl", "basic/{org}/{repo}/luarocks"),)

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        version = f"{self.version}-1"
        entries = ", ".join(f'["{name}"] = {{ ["{version}"] = {{ {{ arch = "all" }} }} }}' for name in packages)
        manifest = f"commands = {{}}\nmodules = {{}}\nrepository = {{ {entries} }}\n".encode()
        rocks = {f"/{name}-{version}.all.rock": _rock(name, version) for name in packages}
        return rocks | {f"/manifest{suffix}": manifest for suffix in ("", "-5.1", "-5.2", "-5.3", "-5.4")}


def _rock(name: str, version: str) -> bytes:
    module = name.replace("-", "_")
    about = f'package = "{name}"\nversion = "{version}"\nsource = {{ url = "none:" }}\nbuild = {{ type = "none" }}\n'
    files = {f"{name}-{version}.rockspec": about, f"lua/{module}.lua": f'return "{GREETING}"\n'}
    sums = {path: digest(content.encode(), "md5") for path, content in files.items()}
    listed = f'["{name}-{version}.rockspec"] = "{sums[f"{name}-{version}.rockspec"]}", '
    listed += f'lua = {{ ["{module}.lua"] = "{sums[f"lua/{module}.lua"]}" }}'
    return zipped(files | {"rock_manifest": f"rock_manifest = {{ {listed} }}\n"})
