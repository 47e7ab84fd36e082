"""Running the pack: every check, the engine's own tests, and every fault."""

import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.validation.check import Check, NotAvailable
from tests.validation.fault import Fault
from tests.validation.pack import checks_of
from tests.validation.seeding import FAULTS, Trial, try_fault

ENGINE_TESTS = "tests/irt/randomization"
ROOT = Path(__file__).parents[2]
Tell = Callable[[str], None]


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


def run_tests() -> tuple[EngineTest, ...]:
    """The engine's own tests, as the project's test runner runs them."""
    collected = _Collected()
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        pytest.main(["-q", str(ROOT / ENGINE_TESTS), "--rootdir", str(ROOT)], plugins=[collected])
    return tuple(EngineTest(*key, len(passed), sum(passed)) for key, passed in collected.tests.items())


class _Collected:
    """What pytest tells while it runs."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, str, str]] = {}
        self.tests: dict[tuple[str, str, str], list[bool]] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Each case's file, function and sentence."""
        for item in items:
            file = Path(item.path).relative_to(ROOT / ENGINE_TESTS).as_posix()
            sentence = " ".join((inspect.getdoc(item.function) or "").split())
            self._keys[item.nodeid] = (file, item.originalname, sentence)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Each case's outcome; one that could not begin has not passed."""
        if report.when == "call" or (report.when == "setup" and not report.passed):
            self.tests.setdefault(self._keys[report.nodeid], []).append(report.passed)
