"""curl: https://curl.se/docs/manpage.html (CURL_HOME, --config, --netrc-file).

Files are uploaded to a host of their own (Cloudsmith documentation, "Upload via Cloudsmith API").
"""

from cloudsmith_oidc.formats.base import Access, Endpoint, Format, double_quoted, in_directory

DOWNLOADS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/raw/")
GENERIC = Endpoint("generic.cloudsmith.io", "{org}/{repo}/")
UPLOADS = Endpoint("upload.cloudsmith.io", "{org}/{repo}/")
_USERS = (".curlrc", ".config/curlrc")
"""Where curl looks at home; it reads the first that it finds."""


def _files(access: Access) -> dict[str, str]:
    """Return a .curlrc that includes the user's, then points to the netrc.

    It names the user's file instead of copying it, because that may hold logins. With netrc-optional, a login in a URL
    takes precedence over the netrc (CURLOPT_NETRC); with netrc-file alone, it would not.
    """
    own = next((path for path in _USERS if access.home.has(path)), None)
    lines = [f"config = {double_quoted(access.home.place(own))}"] if own else []
    lines += ["netrc-optional", f"netrc-file = {double_quoted(f'{access.directory}/netrc')}"]
    return {"curl/.curlrc": "\n".join(lines) + "\n"}


FORMAT = Format(
    client="curl, for raw and generic packages; a file that `curl --upload-file` sends to upload.cloudsmith.io becomes "
    "a package only by a second request, to the API",
    endpoints=(DOWNLOADS, GENERIC, UPLOADS),
    files=_files,
    variables={"CURL_HOME": in_directory("curl")},
    needs_repo=False,
    needs=("netrc",),
    marks=_USERS,
    hides="~/.netrc, and a .curlrc that the job's own CURL_HOME or XDG_CONFIG_HOME names. ~/.curlrc is also read.",
    project="--user and a login in the URL take precedence; -q and --disable ignore the login.",
    without_files="refused",
)
