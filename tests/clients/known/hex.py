"""Hex, which no registry here has: `mix-hex` is a `mix` whose MIX_HOME has it, by `mix local.hex` or its source."""

from clients.client import Client
from sandbox.registries.hex import PUBLIC_KEY

PROJECT = """defmodule Acme.MixProject do
  use Mix.Project
  def project do
    [app: :acme_hex, version: "1.0.0", deps: deps(System.get_env("ACME")), description: "A sample",
     package: [licenses: ["none"], links: %{}, files: ["mix.exs"]]]
  end
  defp deps(nil), do: []
  defp deps(text), do: [{String.to_atom(text), "1.0.0", repo: System.get_env("REPO", "prod")}]
end
"""
FRESH = 'rm -rf "$HEX_HOME"/cache.ets "$HEX_HOME"/packages'
GET = f"{FRESH}; ACME=acme_hello mix-hex deps.get"

CLIENT = Client(
    format="hex",
    program="mix-hex",
    version="mix-hex hex.info",
    files={"mix.exs": PROJECT},
    read=GET,
    got="deps/acme_hello/greeting",
    publish="mix-hex hex.publish package --yes",
    published="https://hex.cloudsmith.io/acme/prod/tarballs/acme_hex-1.0.0.tar",
    loud=f'{GET}; mix-hex hex.config; mix-hex hex.repo list; mix-hex hex.info; cat "$HEX_HOME"/hex.config; env',
    several="ACME=acme_tools REPO=dev mix-hex deps.get",
    settings=lambda _: {
        "CLOUDSMITH_FORMAT_OPTIONS": f"hex.public-key=prod={PUBLIC_KEY},hex.public-key=dev={PUBLIC_KEY}"
    },
    environment=lambda sandbox, _home: {"HEX_CACERTS_PATH": str(sandbox.ca_file)},
)
