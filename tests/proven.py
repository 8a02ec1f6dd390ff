"""The latest results of the clients' tests, in tests/clients/proven.json for docs/formats.md."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

FILE = Path(__file__).parent / "clients" / "proven.json"


def proven() -> dict[str, dict[str, str]]:
    """Return by client what was proven, by which version on which day: `{"reads": "24.1, 2026-11-21"}`."""
    known: dict[str, dict[str, str]] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return known


@dataclass(eq=False)  # pytest wants plugins hashable
class Record:
    """The pytest plugin that writes it. If several tests prove a thing, all of them must pass."""

    results: dict[tuple[str, str], tuple[bool, str]] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a result."""
        said = dict(report.user_properties)
        if report.when == "call" and "proves" in said and not report.skipped:
            key = str(said["client"]), str(said["proves"])
            earlier, _ = self.results.get(key, (True, ""))
            self.results[key] = earlier and report.passed, str(said["version"])

    def pytest_sessionfinish(self) -> None:
        """Add what passed, and remove what failed."""
        known = proven()
        for (client, proves), (passed, version) in self.results.items():
            entry = known.setdefault(client, {})
            entry.pop(proves, None)
            if passed:
                entry[proves] = f"{version}, {datetime.now(UTC):%Y-%m-%d}"
        kept = {client: dict(sorted(entry.items())) for client, entry in sorted(known.items()) if entry}
        FILE.write_text(json.dumps(kept, indent=2) + "\n")
