"""A qualification protocol: steps with what is expected and what was found, as a page to sign and as JSON."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from irt.errors import IntegrityFault, Refusal
from irt.validation.pages import Section, page


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `act` does it and tells what it found, and whether that is what was expected."""

    number: str
    what: str
    expected: str
    act: Callable[[], tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class Found:
    """A step that was carried out."""

    step: Step
    passed: bool
    found: str


def carried_out(steps: Iterable[Step], tell: Callable[[str], None]) -> tuple[Found, ...]:
    """Every step in order; one that is refused or breaks has failed, and the others go on."""
    done = []
    for step in steps:
        try:
            passed, found = step.act()
        except Refusal as refusal:
            passed, found = False, f"refused: {refusal.sentence}"
        except IntegrityFault as fault:
            passed, found = False, f"fault: {fault}"
        tell(f"{step.number} {'passed' if passed else 'FAILED'}: {step.what}")
        done.append(Found(step, passed, found))
    return tuple(done)


def write_protocol(
    title: str, name: str, about: dict[str, str], done: Sequence[Found], limits: Sequence[str], folder: Path
) -> Path:
    """Writes NAME.html and NAME.json; gives the page."""
    passed = all(one.passed for one in done)
    verdict = f"{sum(one.passed for one in done)} of {len(done)} steps passed."
    sections = [
        Section("Verdict", ("Passed." if passed else "FAILED.", verdict)),
        Section("What was qualified", (), [("What", "As it was"), *about.items()]),
        Section("Steps", (), [("No.", "Step", "Expected", "Found", "Verdict"), *map(_row, done)]),
        Section("Limits", limits),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    shown = folder / f"{name}.html"
    shown.write_text(page(title, sections), encoding="utf-8")
    told = [
        {
            "number": one.step.number,
            "step": one.step.what,
            "expected": one.step.expected,
            "found": one.found,
            "passed": one.passed,
        }
        for one in done
    ]
    text = json.dumps({"title": title, "about": about, "passed": passed, "steps": told}, indent=1)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return shown


def _row(one: Found) -> tuple[str, str, str, str, str]:
    verdict = "passed" if one.passed else "FAILED"
    return one.step.number, one.step.what, one.step.expected, one.found, verdict
