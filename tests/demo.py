"""The main job, shown on the sandbox: log in, look at the files, install what others are refused."""

import sys
import tempfile
from pathlib import Path

from clients.client import Client, clients
from clients.job import Jobs
from cloudsmith_oidc.redaction import redact
from needs import installation, lacking, lacking_engine
from program import Cli
from sandbox import Sandbox

REGISTRIES = {"pip": "python", "npm": "npm", "docker": "docker"}
"""The clients that are shown, and the registry that each asks."""


def say(text: str = "") -> None:
    """Print at once, to stay in order with what other programs print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show_login(cli: Cli) -> bool:
    """Log in, print the files, and log out. Returns whether it worked."""
    say("Jenkins has minted an ID token for the build. It is in CLOUDSMITH_OIDC_TOKEN.\n")
    say(f"$ cloudsmith-oidc login --service {cli.sandbox.service} --repo prod --output {cli.directory.name}")
    login = cli.login()
    say(login.stderr)
    for path in sorted(cli.directory.rglob("*")):
        if path.is_file():
            say(f"--- {path.relative_to(cli.directory)}")
            say(redact(path.read_text()))
    say(f"$ cloudsmith-oidc logout {cli.directory.name}")
    logout = cli.run("logout", str(cli.directory))
    gone = not cli.directory.exists()
    say("The login is " + ("gone.\n" if gone else "STILL THERE.\n"))
    return login.code == 0 and logout.code == 0 and gone


def show_client(name: str, client: Client, sandbox: Sandbox, folder: Path) -> bool:
    """Run a client with a login of its own, which then ends. Returns whether it is served, then refused."""
    jobs = Jobs(client, Cli(sandbox, folder), folder / name)
    jobs.log_in()
    served = jobs.run(client.read)
    fetched = served.code == 0 and jobs.got()
    say(f"{name:7} with the login:                   {'fetched' if fetched else redact(served.output)}")
    sandbox.cloudsmith.revoke()
    jobs.forget()
    refused = jobs.run(client.read, "refused").code != 0
    say(f"{name:7} once its token is no longer good: {'refused' if refused else 'NOT REFUSED'}")
    return fetched and refused


def main() -> int:
    """Return 0 if all that this machine can show went well."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        sandbox.registries.start(*REGISTRIES.values())
        good = show_login(Cli(sandbox, Path(folder) / "login"))
        skipped = {}
        for name, registry in REGISTRIES.items():
            client = clients()[name]
            if reason := sandbox.missing.get(registry) or (
                lacking_engine() if client.engine else lacking(client.program)
            ):
                skipped[name] = reason
            else:
                good = show_client(name, client, sandbox, Path(folder)) and good
        for name, reason in skipped.items():
            say(f"Skipped {name}: {reason}. {installation([reason])}")
    say("\nAll of it worked." if good else "\nSOMETHING FAILED, see above.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
