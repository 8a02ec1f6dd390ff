"""The main job, shown on the sandbox: log in, look at the files, install what anonymous clients are refused."""

import sys
import tempfile
from pathlib import Path

from cloudsmith_oidc.redaction import redact
from jobs import CLIENTS, Client, Job, loopback_domains
from needs import lacking
from program import Cli
from sandbox import Sandbox


def say(text: str = "") -> None:
    """Print at once, to stay in order with what other programs print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show_login(cli: Cli) -> bool:
    """Log in and print the files. Returns whether it worked."""
    say("Jenkins has minted an ID token for the build. It is in CLOUDSMITH_OIDC_TOKEN.\n")
    say(f"$ cloudsmith-oidc login --service {cli.sandbox.service} --repo prod --output {cli.directory.name}")
    result = cli.login(CLOUDSMITH_DOMAINS=loopback_domains(cli.sandbox))
    say(result.stderr)
    for path in sorted(cli.directory.rglob("*")):
        if path.is_file():
            say(f"--- {path.relative_to(cli.directory)}")
            say(redact(path.read_text()))
    return result.code == 0


def show_client(name: str, client: Client, cli: Cli, folder: Path) -> bool:
    """Run a client without and with the login. Returns whether it is refused, then served."""
    anonymous = Job(cli, folder / f"{name}-anonymous").run(client, logged_in=False)
    served = Job(cli, folder / name)
    result = served.run(client, logged_in=True)
    good = anonymous.returncode != 0 and result.returncode == 0 and client.fetched(served.folder, result.stdout)
    say(f"{name:7} without the login: {'refused' if anonymous.returncode else 'NOT REFUSED'}")
    say(f"{name:7} with the login:    {'fetched' if result.returncode == 0 else redact(result.stderr)}")
    return good


def main() -> int:
    """Return 0 if all that this machine can show went well."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(packages=True) as sandbox:
        cli = Cli(sandbox, Path(folder) / "login")
        good = show_login(cli)
        skipped = []
        for name, client in CLIENTS.items():
            if name in sandbox.missing:
                skipped.append(f"{name}: {sandbox.missing[name]}")
            elif absent := lacking(client.program):
                skipped.append(f"{name}: {absent}")
            else:
                good = show_client(name, client, cli, Path(folder)) and good
        logout = cli.run("logout", str(cli.directory))
        good = good and logout.code == 0 and not cli.directory.exists()
        say(f"\n$ cloudsmith-oidc logout {cli.directory.name}")
        say("The login is " + ("gone." if not cli.directory.exists() else "STILL THERE."))
        for reason in skipped:
            say(f"Skipped {reason}")
    say("\nAll of it worked." if good else "\nSOMETHING FAILED, see above.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
