"""What is believed of Cloudsmith (beliefs.toml), and what the kit has seen of it (record.json)."""

import json
import os
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clients.client import Client, clients

FOLDER = Path(__file__).parent
RECORD = Path(os.environ.get("CLOUDSMITH_KIT_RECORD") or FOLDER / "record.json")
"""Where the answers are kept. The kit's own tests keep those of the sandbox elsewhere."""
OWN = "its own"
CLIENTS = {
    **dict.fromkeys(("gradle", "maven", "maven3", "maven4", "sbt"), "maven"),
    **dict.fromkeys(("bun", "npm", "pnpm", "yarn1"), "npm"),
    **dict.fromkeys(("pip", "poetry", "twine", "uv"), "python"),
    "curl": "raw",
    **dict.fromkeys(("cargo", "conan", "helm-oci", "huggingface", "oras"), OWN),
    **dict.fromkeys(("cloudsmith", "rubygems"), ""),
}
"""The clients that the kit can run, and what they read: a kind of packages of `seeds.py`, their own, or nothing."""


@dataclass(frozen=True)
class Belief:
    """One question to the service.

    `believed` is the answer that the product takes for true; a list means that each member must be in the answer.
    `code` is the place, `FILE: NAME`, that changes if it is another one.
    """

    question: str
    believed: str | list[str]
    source: str
    code: str

    def contradicted_by(self, answer: str) -> str:
        """Return what is wrong with the product if this is the answer, "" if nothing is."""
        believed = self.believed
        agrees = answer == believed if isinstance(believed, str) else set(believed) <= set(answer.split(", "))
        return "" if agrees else f"{self.question} {answer}. The program believes: {self.shown}. Change {self.code}"

    @property
    def shown(self) -> str:
        """The believed answer as text."""
        return self.believed if isinstance(self.believed, str) else ", ".join(self.believed)


def _of_client(name: str, client: Client) -> Belief:
    jobs = {"publishes": client.publish, "reads": CLIENTS[name] and client.read}
    return Belief(
        question=f"What does {name} do with a login?",
        believed=", ".join(what for what, job in jobs.items() if job),
        source="the format's page, and tests/clients",
        code=f"python/src/cloudsmith_oidc/formats/{client.format}.py: FORMAT",
    )


def beliefs() -> dict[str, Belief]:
    """Every belief by its id."""
    written = {name: Belief(**fields) for name, fields in tomllib.loads((FOLDER / "beliefs.toml").read_text()).items()}
    known = clients()
    return written | {f"client-{name}": _of_client(name, known[name]) for name in CLIENTS}


def recorded(file: Path = RECORD) -> dict[str, dict[str, str]]:
    """Return the answers by id: `{"answer": …, "day": …, "versions": …}`."""
    known: dict[str, dict[str, str]] = json.loads(file.read_text()) if file.exists() else {}
    return known


def record(name: str, answer: str, versions: str, file: Path = RECORD) -> None:
    """Keep an answer, of today, in place of an earlier one."""
    known = recorded(file) | {name: {"answer": answer, "day": f"{datetime.now(UTC):%Y-%m-%d}", "versions": versions}}
    file.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n")
