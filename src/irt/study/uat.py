"""Scripts of user acceptance, made from the specification: what is done, and what must come of it by its rules.

Everything here follows from what blinded people may read, so that anybody may carry a script out. A check names
what a program can do by itself; a step without one is done by a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from itertools import islice, product
from typing import Any, Literal

from irt.audit.chain import canonical
from irt.study.blinded import BlindedStudy
from irt.study.rules import Cap

STRATA_MAX = 60
ANSWER_MAX = 2000
BY_HAND = "by hand"
EXAMPLE_DAY = date(2026, 3, 2)
"""Windows are told for a subject who is screened and randomized on this day."""
CheckKind = Literal["window", "screen", "future_screening", "closed_site", "rescreen", "no_stock", "break_refused"]


@dataclass(frozen=True, slots=True)
class UatStep:
    """One step: what is done, and what must come of it; `check`: what a program does by itself, and with what."""

    number: str
    do: str
    expected: str
    check: CheckKind | None = None
    with_what: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UatScript:
    """One script, carried out and signed as a whole."""

    code: str
    title: str
    steps: tuple[UatStep, ...]


def uat_scripts(study: BlindedStudy) -> tuple[UatScript, ...]:
    """Every script that the specification asks for, in the order of a subject's way."""
    made = (
        ("UAT-01", "Sites and screening", _screening(study)),
        ("UAT-02", "Strata", _strata(study)),
        ("UAT-03", "Limits of enrolment", _caps(study)),
        ("UAT-04", "Visits and the edges of their windows", _windows(study)),
        ("UAT-05", "Dose steps", _doses(study)),
        ("UAT-06", "Kits at the edge of their life", _expiry(study)),
        ("UAT-07", "A site without stock", _stock(study)),
        ("UAT-08", "Emergency code break", _code_break(study)),
    )
    scripts = ((code, title, tuple(steps)) for code, title, steps in made)
    return tuple(UatScript(code, title, tuple(_numbered(code, steps))) for code, title, steps in scripts if steps)


def scripts_hash(scripts: tuple[UatScript, ...]) -> str:
    """SHA-256 over every word of every script."""
    return sha256(canonical({"scripts": [plain(each) for each in scripts]}).encode()).hexdigest()


def plain(script: UatScript) -> dict[str, Any]:
    """A script as JSON keeps it."""
    steps = [{"number": step.number, "do": step.do, "expected": step.expected} for step in script.steps]
    return {"code": script.code, "title": script.title, "steps": steps}


def with_answers(scripts: tuple[UatScript, ...], told: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The scripts with what `told` says each step was answered; None where `told` are other scripts.

    Where nothing is told, every step waits for a hand.
    """
    ours = [plain(each) for each in scripts]
    told = told or ours
    if [_bare(one) for one in told] != ours:
        return None
    return [
        one | {"steps": [_answered(step) for step in given["steps"]]} for one, given in zip(ours, told, strict=True)
    ]


def _bare(script: dict[str, Any]) -> dict[str, Any]:
    """A script of a file without its answers; nothing where its steps are none."""
    steps = script.get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        return {}
    plainly = [{name: step.get(name) for name in ("number", "do", "expected")} for step in steps]
    return {"code": script.get("code"), "title": script.get("title"), "steps": plainly}


def _answered(step: dict[str, Any]) -> dict[str, Any]:
    passed = step.get("passed")
    return {
        "number": step["number"],
        "do": step["do"],
        "expected": step["expected"],
        "passed": passed if isinstance(passed, bool) else None,
        "answer": str(step.get("answer", BY_HAND))[:ANSWER_MAX],
    }


def _numbered(code: str, steps: tuple[UatStep, ...]) -> Iterator[UatStep]:
    for place, step in enumerate(steps, start=1):
        yield UatStep(f"{code}.{place:02d}", step.do, step.expected, step.check, step.with_what)


def _step(do: str, expected: str, check: CheckKind | None = None, **with_what: Any) -> UatStep:
    return UatStep("", do, expected, check, with_what)


def _screening(study: BlindedStudy) -> Iterator[UatStep]:
    yield _step("Screen a subject at a site that is not open", "Refused: SiteNotActive", "closed_site")
    yield _step("Open the site and screen a subject today", "Booked: status screening", "screen")
    yield _step("Screen a subject with a day of tomorrow", "Refused: NotInTheFuture", "future_screening")
    rules, waits = study.screening, study.screening.rescreening_wait_days
    if rules.rescreenings_max:
        if waits:
            said = f"Fail a screening, screen again {waits - 1} days after its first day"
            yield _step(said, "Refused: RescreeningRefused", "rescreen", days=waits - 1, times=1, allowed=False)
        said = f"Fail a screening, screen again {waits} days after its first day"
        yield _step(said, "Booked: status screening", "rescreen", days=waits, times=1, allowed=True)
    beyond = rules.rescreenings_max + 1
    said = f"Fail a screening and screen again for the {beyond}. time"
    yield _step(said, "Refused: RescreeningRefused", "rescreen", days=max(waits, 1), times=beyond, allowed=False)
    if rules.screening_days_max:
        last = rules.screening_days_max
        yield _step(f"Randomize {last} days after screening", "Not refused for the age of the screening")
        yield _step(f"Randomize {last + 1} days after screening", "Refused: ScreeningExpired")
    if rules.run_in_days:
        yield _step(f"Randomize on day {rules.run_in_days - 1} of the run-in", "Refused: the run-in is not over")
        yield _step(f"Randomize on day {rules.run_in_days} of the run-in", "Not refused for the run-in")


def _strata(study: BlindedStudy) -> Iterator[UatStep]:
    entered = [factor for factor in study.factors if factor.source == "entered"]
    for combined in islice(product(*(factor.level_codes() for factor in entered)), STRATA_MAX if entered else 0):
        said = ", ".join(f"{factor.name} = {level}" for factor, level in zip(entered, combined, strict=True))
        yield _step(f"Randomize a subject with {said}", "Booked with these levels; the page shows no arm")
    if entered:
        yield _step("Randomize a subject with one level left out", "Refused: the level is asked for by name")


def _caps(study: BlindedStudy) -> Iterator[UatStep]:
    for cap in study.caps:
        where = _where(cap)
        act = "Screen" if cap.counts == "screened" else "Randomize"
        yield _step(f"{act} subject number {cap.subjects} of {where}", "Booked")
        beyond = "Refused: the limit is named" if cap.hard else "Booked; the study team is told of the limit"
        yield _step(f"{act} subject number {cap.subjects + 1} of {where}", beyond)


def _where(cap: Cap) -> str:
    return cap.scope if cap.key is None else f"{cap.scope} {cap.key}"


def _windows(study: BlindedStudy) -> Iterator[UatStep]:
    """The last day before, both edges, and the first day after each visit's window."""
    for visit in study.visits:
        if visit.kind in ("screening", "randomization"):
            continue
        planned = EXAMPLE_DAY + timedelta(days=visit.day)
        first = planned - timedelta(days=visit.window_before_days)
        last = planned + timedelta(days=visit.window_after_days)
        days = (
            (first - timedelta(days=1), "before"),
            (first, "in"),
            (last, "in"),
            (last + timedelta(days=1), "after"),
        )
        for day, expected in dict(days).items():
            said = f"{visit.name}, of a subject with {visit.anchor} on {EXAMPLE_DAY}: look at it on {day}"
            words = {"before": "Before its window", "in": "In its window", "after": "After its window"}[expected]
            yield _step(said, words, "window", visit=visit.code, day=day.isoformat(), place=expected)


def _doses(study: BlindedStudy) -> Iterator[UatStep]:
    allowed = {(move.origin, move.target): move.name for move in study.moves}
    codes = [level.code for level in study.dose_levels]
    for origin, target in product(codes, codes):
        if origin == target:
            continue
        name = allowed.get((origin, target))
        expected = f"Offered as {name}" if name else "Not offered; over the API refused"
        yield _step(f"Change the dose from {origin} to {target}", expected)


def _expiry(study: BlindedStudy) -> Iterator[UatStep]:
    for group in study.blinding_groups:
        yield _step(
            f"{group.name}: assign where every kit but one expires before its do-not-dispense day",
            "That one kit is assigned: it may be used on its last allowed day itself",
        )
        yield _step(
            f"{group.name}: assign where the last kit expires a day earlier",
            "Refused: no usable kit; supply is told",
        )


def _stock(study: BlindedStudy) -> Iterator[UatStep]:
    yield _step(
        "Randomize a subject at a site where nothing lies",
        "Refused where the study asks for every arm on site; nothing is drawn"
        if study.conduct.all_arms_on_site
        else "The worklist tells that kits are missing; supply is told",
        "no_stock" if study.conduct.all_arms_on_site and not study.screening.run_in_days else None,
    )


def _code_break(study: BlindedStudy) -> Iterator[UatStep]:
    yield _step("Break a code as the coordinator", "Refused: NotAllowed", "break_refused", who="coordinator")
    yield _step("Break a code as the investigator with a wrong password", "Refused; the attempt is in the trail")
    yield _step(
        "Break the code of one randomized subject as the investigator",
        "The treatment is told once; a neutral notice goes out; no other subject is told of",
    )
