"""LuaRocks."""

from clients.client import Client

INSTALL = "luarocks install --tree tree"

CLIENT = Client(
    format="luarocks",
    program="luarocks",
    version="luarocks --version",
    read=f"{INSTALL} acme-hello",
    got="tree/share/lua/5.*/acme_hello.lua",
    loud=f"{INSTALL} --verbose acme-hello; luarocks config; luarocks --verbose search --all; "
    'cat "$LUAROCKS_CONFIG" "$CURL_HOME/.curlrc" "$NETRC"',
    several=f"{INSTALL} acme-tools",
    second_index=f"{INSTALL} --server https://public.example.com/luarocks/ acme-hello",
    taken="ls tree/lib/luarocks/rocks-5.*/acme-hello",
    takes="9.9.0-1",
)
