"""LuaRocks: https://github.com/luarocks/luarocks/wiki/Config-file-format (LUAROCKS_CONFIG).

A login in a URL is no way: LuaRocks names a file after it.
"""

from cloudsmith_oidc.formats.base import Access, Endpoint, Format, double_quoted, in_directory

ROCKS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/luarocks/")


def _files(access: Access) -> dict[str, str]:
    """Make the repositories the servers, and curl what asks them: LuaRocks' own modules and wget read no netrc of ours.

    LuaRocks takes curl if there is no wget, so that wget gets a name that no program has.
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
    publishes=False,
    hides="The user's ~/.luarocks/config-5.x.lua. The machine's is read, too, but for its rocks_servers.",
    project="rocks_servers in the project's .luarocks/config-5.x.lua win, and so does LUAROCKS_CONFIG_5_x.",
    second_index="The highest version of all servers: give LuaRocks no other one.",
)
