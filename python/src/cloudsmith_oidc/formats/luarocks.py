"""LuaRocks: https://github.com/luarocks/luarocks/wiki/Config-file-format (LUAROCKS_CONFIG).

A login in a URL does not work: LuaRocks names a file after the URL.
"""

from cloudsmith_oidc.formats.base import Access, Endpoint, Format, Override, double_quoted, in_directory

ROCKS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/luarocks/")


def _files(access: Access) -> dict[str, str]:
    """Return the repositories as servers, which curl asks: LuaRocks' own modules and wget do not read our netrc.

    LuaRocks uses curl if there is no wget, so wget gets a name that no program has.
    """
    servers = ", ".join(map(double_quoted, access.urls(ROCKS)))
    lines = [
        f"rocks_servers = {{ {servers} }}",
        "fs_use_modules = false",
        'variables = { WGET = "not-wget-but-curl" }',
    ]
    return {"luarocks/config.lua": "\n".join(lines) + "\n"}


FORMAT = Format(
    client="LuaRocks",
    endpoints=(ROCKS,),
    files=_files,
    variables={"LUAROCKS_CONFIG": in_directory("luarocks/config.lua")},
    needs=("curl",),
    overrides=(
        Override(
            names=tuple(f"LUAROCKS_CONFIG_5_{minor}" for minor in range(1, 6)),
            undo=in_directory("luarocks/config.lua"),
        ),
    ),
    publishes=False,
    hides="The user's ~/.luarocks/config-5.x.lua. The machine's is also read, except its rocks_servers.",
    project="rocks_servers in the project's .luarocks/config-5.x.lua takes precedence, and so does "
    "LUAROCKS_CONFIG_5_x if it is set inside the login.",
    second_index="The highest version of all servers: give LuaRocks no other one.",
    without_files="public: luarocks.org",
)
