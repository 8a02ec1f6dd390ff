"""Writes the figures, the table and the plot of docs/many-builds.md. See docs/hard-use.md."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from flood import processes
from flood.figures import COMPARED, MAIN, SCENARIOS, course, spread, summary
from flood.page import FIGURES, PAGE, PLOT, with_table
from flood.plot import plot
from flood.simulation import simulate
from sandbox import Sandbox


def main(wanted: list[str]) -> None:
    """Simulate anew, start real processes if asked to, and write what depends on it."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text()) if FIGURES.exists() else {"compared": {}}
    outcomes = {name: simulate(flood) for name, flood in SCENARIOS.items()}
    figures["scenarios"] = {name: summary(outcome) for name, outcome in outcomes.items()}
    figures["course"] = course(outcomes[MAIN])
    figures["compared"]["simulation"] = spread(simulate(COMPARED))
    if "processes" in wanted:
        with Sandbox() as sandbox, tempfile.TemporaryDirectory() as directory:
            figures["compared"]["processes"] = spread(processes.run(COMPARED, sandbox, Path(directory)))
    FIGURES.write_text(json.dumps(figures, separators=(",", ":")).replace('},"', '},\n"') + "\n")
    PAGE.write_text(with_table(PAGE.read_text(), figures))
    PLOT.write_text(plot(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
