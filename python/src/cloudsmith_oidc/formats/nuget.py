"""NuGet: https://learn.microsoft.com/nuget/consume-packages/configuring-nuget-behavior ."""

from xml.sax.saxutils import quoteattr

from cloudsmith_oidc.formats.base import USER_NAME, Access, Endpoint, Format, Override, in_directory

FEED = Endpoint("nuget.cloudsmith.io", "{org}/{repo}/v3/index.json")

SOURCE = "cloudsmith-oidc-{repo}"
"""The name of a source and of its login, which NuGet finds by it. It must be an XML name."""


def _files(access: Access) -> dict[str, str]:
    """Return a machine's file, the only kind that adds to those of the user and of the project."""
    sources = logins = ""
    for repo in access.repos:
        source = SOURCE.format(repo=repo)
        sources += f"    <add key={quoteattr(source)} value={quoteattr(access.url(FEED, repo))} />\n"
        logins += f'    <{source}>\n      <add key="Username" value="{USER_NAME}" />\n'
        logins += f'      <add key="ClearTextPassword" value={quoteattr(access.token)} />\n    </{source}>\n'
    return {
        "nuget/NuGet/Config/cloudsmith.config": f"""<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <packageSources>
{sources}  </packageSources>
  <packageSourceCredentials>
{logins}  </packageSourceCredentials>
</configuration>
"""
    }


FORMAT = Format(
    client="dotnet and nuget from version 3, by their documentation. Only nuget 2.8.7 was run, which reads the same "
    "file by -ConfigFile",
    endpoints=(FEED,),
    files=_files,
    variables={"NUGET_COMMON_APPLICATION_DATA": in_directory("nuget")},
    overrides=(
        Override(names=("RestoreSources", "RestoreAdditionalProjectSources", "RestoreConfigFile")),
        Override(names=("NuGetPackageSourceCredentials_*",)),
    ),
    publishes=False,
    hides="The machine's own configuration, /etc/opt/NuGet/Config.",
    project="By the documentation, nuget.config of the project or the user adds to the sources. Not run.",
    second_index="Not run: map packages to sources in the project's nuget.config, <packageSourceMapping>.",
    without_files="public: nuget.org (not run)",
)
