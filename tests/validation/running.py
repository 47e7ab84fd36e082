"""Running the pack: every check, the engine's own tests, and every fault."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.validation.check import Check, NotAvailable
from tests.validation.fault import Fault
from tests.validation.pack import checks_of
from tests.validation.seeding import FAULTS, Trial, try_fault

ENGINE_TESTS = "tests/irt/randomization"
ROOT = Path(__file__).parents[2]
Tell = Callable[[str], None]


class NoTests(Exception):
    """The engine's own tests could not be run."""


class Outcome(NamedTuple):
    """One check as it came out: passed, failed or not run; the comparisons made, and what was said."""

    check: Check
    verdict: str
    compared: int
    said: str


class EngineTest(NamedTuple):
    """One test of the engine: its file, name and sentence, its cases, and how many of them passed."""

    file: str
    name: str
    sentence: str
    cases: int
    passed: int


class Caught(NamedTuple):
    """One fault, and the checks that noticed it."""

    fault: Fault
    trial: Trial


def run_checks() -> tuple[Outcome, ...]:
    """Every check of the pack."""
    return tuple(map(_outcome, checks_of()))


def _outcome(check: Check) -> Outcome:
    try:
        return Outcome(check, "passed", check.run(), "")
    except NotAvailable as missing:
        return Outcome(check, "not run", 0, str(missing))
    except AssertionError as found:
        return Outcome(check, "FAILED", 0, str(found))


def run_faults(tell: Tell, faults: Sequence[Fault] = FAULTS) -> Iterator[Caught]:
    """Each fault tried by itself."""
    for number, fault in enumerate(faults, start=1):
        tell(f"fault {number} of {len(faults)}: {fault.code}")
        yield Caught(fault, try_fault(fault))


def run_tests(under: str = ENGINE_TESTS) -> tuple[EngineTest, ...]:
    """The engine's own tests, as the project's test runner runs them; NoTests where it could not run them."""
    with TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            under,
            "-p",
            "tests.validation.collecting",
            "--told",
            str(told),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        rows = json.loads(told.read_text()) if told.exists() else []
    if not rows:
        raise NoTests(f"no test of {under} was run: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    return tuple(EngineTest(*row) for row in rows)
