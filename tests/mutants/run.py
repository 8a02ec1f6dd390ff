"""Change what decides about secrets, deadlines and directories, and see whether a test notices.

    .venv/bin/python tests/mutants/run.py [launcher|step|MODULE]…

hand.toml has changes of the launcher and of the step, each with the test that must fail. The program is changed by
cosmic-ray in every way that it knows; python/pyproject.toml has the modules and their tests, explained.toml the changes
that no test can notice. All works in a copy of the last commit, and what survives is printed. A module takes minutes.
"""

import json
import shlex
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MODULES = tomllib.loads((ROOT / "python/pyproject.toml").read_text())["tool"]["mutants"]
HAND = tomllib.loads((HERE / "hand.toml").read_text())
EXPLAINED = tomllib.loads((HERE / "explained.toml").read_text())
FILES = {"launcher": "resources/cloudsmith/oidc/cloudsmith-oidc.sh", "step": "vars/cloudsmithOidc.groovy"}
PYTEST = ".venv/bin/python -m pytest --config-file python/pyproject.toml --rootdir . -p no:cacheprovider -q -x"
MAVEN = "mvn --batch-mode --no-transfer-progress --file tests/groovy test"
CONFIGURATION = """\
[cosmic-ray]
module-path = "python/src/cloudsmith_oidc/{module}.py"
timeout = {seconds}
excluded-modules = []
test-command = {command}
[cosmic-ray.distributor]
name = "local"
# Of all that an operator can become, one; of a comparison, its neighbour or its opposite.
[cosmic-ray.filters.operators-filter]
exclude-operators = [
    "core/ReplaceBinaryOperator_(?!Add_Sub|Sub_Add|Mul_Add|Div_Mul|Mod_Mul|BitOr_BitAnd|BitAnd_BitOr)",
    "core/ReplaceComparisonOperator_(?!Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is|In_NotIn|NotIn_In)",
]
"""


def call(command: str, copy: Path) -> str:
    return subprocess.run(shlex.split(command), cwd=copy, stdout=subprocess.PIPE, text=True, check=True).stdout


def fails(part: str, test: str, copy: Path) -> bool:
    """Return whether a test fails, and not something around it."""
    command = f"{MAVEN} -Dtest={test}" if part == "step" else f"{PYTEST} {test}"
    done = subprocess.run(shlex.split(command), cwd=copy, capture_output=True, text=True, check=False)
    return done.returncode == 1 and ("There are test failures" in done.stdout or part != "step")


def by_hand(part: str, copy: Path) -> list[str]:
    """Return the changes of the launcher or of the step that survive, or that do not fit the text any more."""
    file = copy / FILES[part]
    text = file.read_text()
    left = []
    for one in HAND[part]:
        file.write_text(text.replace(one["old"], one["new"]))
        if text.count(one["old"]) != 1 or not fails(part, one["test"], copy):
            left.append(f"- {one['old']}\n+ {one['new']}")
    file.write_text(text)
    return left


def by_cosmic_ray(module: str, copy: Path) -> list[str]:
    """Return the changes of a module that survive."""
    command = f"{PYTEST} {MODULES[module]}"
    start = time.monotonic()
    call(command, copy)  # Without a change, no test fails.
    # What takes too long is taken for killed: on a loaded machine, that could be the tests without a failure.
    seconds = 60 + 4 * (time.monotonic() - start)
    configuration = CONFIGURATION.format(module=module, command=json.dumps(command), seconds=seconds)
    (copy / "mutants.toml").write_text(configuration)
    for step in ("cosmic-ray init --force mutants.toml a.sqlite", "cr-filter-operators a.sqlite mutants.toml"):
        call(f"cosmic-ray/bin/{step}", copy)
    call("cosmic-ray/bin/cosmic-ray exec mutants.toml a.sqlite", copy)
    results = [json.loads(line)[1] for line in call("cosmic-ray/bin/cosmic-ray dump a.sqlite", copy).splitlines()]
    changes = [one["diff"].splitlines() for one in results if one["test_outcome"] == "survived"]
    sys.stdout.write(f"{module}: of {sum(one['worker_outcome'] == 'normal' for one in results)} ")
    return [
        "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines[3:] if line[:1] in {"-", "+"}) for lines in changes
    ]


def main(parts: list[str]) -> int:
    total = 0
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        call(f"git clone --quiet {ROOT} .", copy)
        call("sh -c '. tests/venv.sh && make_venv && python3 -m venv cosmic-ray'", copy)
        call(f"cosmic-ray/bin/pip install --quiet --require-hashes --requirement {HERE}/requirements.txt", copy)
        for part in parts or [*FILES, *MODULES]:
            found = by_hand(part, copy) if part in FILES else by_cosmic_ray(part, copy)
            known = {why["change"].strip() for why in EXPLAINED.get(part, [])}
            left = [change for change in found if change not in known]
            if part in FILES:
                sys.stdout.write(f"{part}: of {len(HAND[part])} ")
            sys.stdout.write(f"changes, {len(found) - len(left)} are explained, and {len(left)} survive\n")
            sys.stdout.write("".join(f"{change}\n" for change in left))
            sys.stdout.flush()
            total += len(left)
    return total > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
