"""Yarn 2 and later: https://yarnpkg.com/configuration/yarnrc (settings, YARN_PLUGINS), /advanced/plugin-tutorial ."""

import json

from cloudsmith_oidc.formats.base import NPM_REGISTRY, Access, Format, Override, first_url

_REGISTRY = first_url(NPM_REGISTRY)
PLUGIN = "yarn/cloudsmith.cjs"
# Yarn has no hook for this: it reads its configuration anew for each command, and asks for it by this function.
_TEXT = """\
// Adds a registry and its login to what Yarn has read. Yarn's own configuration takes precedence.
const settings = %s;
let extended;

module.exports = {
  name: "plugin-cloudsmith-oidc",
  factory: (require) => {
    const { Configuration } = require("@yarnpkg/core");
    if (extended !== Configuration) {
      extended = Configuration;
      const find = Configuration.find;
      Configuration.find = async (...given) => {
        const configuration = await find.apply(Configuration, given);
        configuration.useWithSource(__filename, settings, configuration.startingCwd, { strict: false });
        return configuration;
      };
    }
    return {};
  },
};
"""


def _files(access: Access) -> dict[str, str]:
    """Return a plugin that sets the first repository as registry if nothing else does, and the logins of all."""
    registry = _REGISTRY(access)
    login = {"npmAlwaysAuth": True, "npmAuthIdent": access.basic_auth}
    # Yarn looks the login up by the registry's URL, without its scheme and the slash at the end.
    logins = {url.partition(":")[2].rstrip("/"): login for url in access.login_urls(NPM_REGISTRY)}
    return {PLUGIN: _TEXT % json.dumps({"npmRegistryServer": registry, "npmRegistries": logins}, indent=2)}


FORMAT = Format(
    client="yarn 2 and later (yarn 1: see npm)",
    endpoints=(NPM_REGISTRY,),
    files=_files,
    # Of two plugins with one name, Yarn takes the first.
    variables={
        "YARN_PLUGINS": lambda access: access.extended("YARN_PLUGINS", f"{access.directory}/{PLUGIN}", ";", first=True),
    },
    user_files=(".yarnrc.yml",),
    overrides=(
        Override(names=("YARN_NPM_REGISTRY_SERVER",), any_case=True, undo=_REGISTRY),
        Override(names=("YARN_RC_FILENAME",), any_case=True, undo=lambda _: ".yarnrc.yml"),
    ),
    extends=("YARN_PLUGINS",),
    not_in_path=";",  # Yarn separates plugins by it
    least={"yarn": "2.4"},
    project="All settings in .yarnrc.yml, also in the user's and in directories above the project, and "
    "YARN_NPM_REGISTRY_SERVER take precedence: "
    "registries, scopes, logins. Without a registry in them, yarn reads from the first repository, and `yarn npm "
    "publish` publishes to it.",
    second_index="A scope has one registry, so that no other is asked for it.",
    without_files="fails",
)
