"""A subject's history in sentences, from the blinded audit trail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping

from irt.study.blinded import BlindedStudy
from irt.study.schedule import visit_name

Entry = RowMapping | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened: when, who did what, and a detail below it."""

    at: datetime
    sentence: str
    detail: str
    icon: str
    kind: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class _Telling:
    """How an act is told: the words after the person, its icon, and what it is about."""

    words: Callable[["_Facts"], str]
    icon: str
    kind: str
    detail: Callable[["_Facts"], str] = lambda facts: facts.reason


@dataclass(frozen=True, slots=True)
class _Facts:
    """An entry's new values by name, in words."""

    study: BlindedStudy
    new: Mapping[str, Any]
    old: Mapping[str, Any]
    why: str

    @property
    def reason(self) -> str:
        """The reason given, as a sentence."""
        return f"Reason: {self.why}" if self.why else ""

    @property
    def visit(self) -> str:
        """The visit by name."""
        return visit_name(self.study, str(self.new.get("visit", "")), int(self.new.get("occurrence") or 0))

    @property
    def levels(self) -> str:
        """Factor levels as entered, by name."""
        said = self.new.get("levels") or {}
        return "; ".join(f"{name}: {level}" for name, level in level_words(self.study, said))

    def dose(self, values: Mapping[str, Any]) -> str:
        """A dose level by name."""
        return dose_words(self.study, values.get("dose_level"))

    def kits(self, name: str) -> str:
        """Kit numbers in words."""
        return listed([str(number) for number in self.new.get(name) or ()])

    def day(self, name: str = "on_day") -> str:
        """The day it happened, or another day told, in letters."""
        written = self.new.get(name)
        return day_words(date.fromisoformat(written)) if written else ""

    def fates(self) -> str:
        """How whole kits came back: Unused: 482917. Lost: 650331."""
        kits: dict[str, list[str]] = {}
        for kit in self.new.get("counts") or ():
            if kit.get("fate"):
                kits.setdefault(str(kit["fate"]), []).append(str(kit["number"]))
        return " ".join(f"{fate.capitalize()}: {listed(numbers)}." for fate, numbers in sorted(kits.items()))


def level_words(study: BlindedStudy, levels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Factors and levels by name, in the order of the study file."""
    found = []
    for factor in study.factors:
        if (code := levels.get(factor.code)) is not None:
            names = {level.code: level.name for level in factor.levels}
            found.append((factor.name, names.get(code, code)))
    return tuple(found)


def dose_words(study: BlindedStudy, code: str | None) -> str:
    """A dose level by name; empty where there is none."""
    return next((level.name for level in study.dose_levels if level.code == code), code or "")


def listed(words: list[str]) -> str:
    """a; a and b; a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "no kits"


def day_words(day: date) -> str:
    """16 Jun 2026."""
    return f"{day.day} {day:%b} {day.year}"


_TELLINGS: dict[str, _Telling] = {
    "subject_screened": _Telling(
        lambda f: f"screened the subject as {f.new.get('screening', '')}.",
        "screen",
        "subject",
        lambda f: f"Screened on {f.day()}.",
    ),
    "subject_rescreened": _Telling(
        lambda f: f"screened the subject again as {f.new.get('screening', '')}.", "screen", "subject"
    ),
    "screening_failed": _Telling(lambda f: "recorded a screening failure.", "notdone", "subject"),
    "run_in_started": _Telling(
        lambda f: f"started the run-in on {f.day()}.",
        "timer",
        "subject",
        lambda f: f"It ends on {f.day('ends_on')}.",
    ),
    "run_in_failed": _Telling(lambda f: "recorded that the run-in failed.", "notdone", "subject"),
    "subject_randomized": _Telling(
        lambda f: f"randomized the subject. Randomization number {f.new.get('randomization', '')}.",
        "randomize",
        "subject",
        lambda f: f"As entered and confirmed: {f.levels}." if f.levels else "Confirmed on screen before the draw.",
    ),
    "order_signed": _Telling(
        lambda f: f"signed the order for {f.visit}.",
        "sign",
        "order",
        lambda f: "Meaning: I order dispensing for this visit.",
    ),
    "kits_assigned": _Telling(
        lambda f: f"had {f.kits('kits')} assigned for {f.visit}.",
        "kit",
        "kits",
        lambda f: "Assigned by the system.",
    ),
    "kit_scanned": _Telling(lambda f: f"scanned {f.new.get('read', '')} for {f.visit}.", "scan", "kits"),
    "scan_refused": _Telling(
        lambda f: f"scanned {f.new.get('read', '')} for {f.visit}; the scan was refused.",
        "refused",
        "kits",
        lambda f: f"{f.new.get('answer', '')}. Nothing was booked.",
    ),
    "kits_handed_over": _Telling(lambda f: f"handed over {f.kits('handed_over')} for {f.visit}.", "done", "kits"),
    "kits_handed_over_partly": _Telling(
        lambda f: f"handed over only {f.kits('handed_over')} for {f.visit}; not given: {f.kits('not_given')}.",
        "fewer",
        "kits",
    ),
    "dispensing_given_up": _Telling(
        lambda f: f"gave back {f.kits('not_given')} of {f.visit}; nothing was handed over.", "notdone", "kits"
    ),
    "kit_replaced": _Telling(
        lambda f: f"replaced kit {f.old.get('kit', '')} ({f.new.get('problem', '')}) by {f.new.get('kit', '')}.",
        "replace",
        "kits",
    ),
    "misallocation_recorded": _Telling(
        lambda f: (
            f"recorded that {f.new.get('given', '')} was handed over instead of {f.new.get('assigned', '')}. "
            f"Deviation {f.new.get('deviation', '')}."
        ),
        "attention",
        "kits",
    ),
    "kits_taken_back": _Telling(
        lambda f: f"took back {f.kits('returned')} and entered the counts.",
        "returns",
        "kits",
        lambda f: f.fates() or (f"Lost: {f.kits('lost')}." if f.new.get("lost") else ""),
    ),
    "weight_entered": _Telling(
        lambda f: f"entered the body weight for {f.visit}.",
        "subject",
        "dose",
        lambda f: "Another person types it again; the number is told then.",
    ),
    "weight_confirmed": _Telling(
        lambda f: f"confirmed the body weight for {f.visit}: {f.new.get('weight_kg', '')} kg.", "tick", "dose"
    ),
    "visit_recorded": _Telling(lambda f: f"recorded {f.visit} as done on {f.day()}.", "done", "visits"),
    "visit_reopened": _Telling(lambda f: f"left {f.visit} open: it may still take place.", "calendar", "visits"),
    "visit_corrected": _Telling(
        lambda f: f"corrected {f.visit}: it was marked {f.old.get('status', '')} in error.", "compare", "visits"
    ),
    "visit_skipped": _Telling(lambda f: f"marked {f.visit} as skipped.", "skip", "visits"),
    "dose_held": _Telling(lambda f: "put dosing on hold.", "timer", "dose"),
    "dose_resumed": _Telling(lambda f: "resumed dosing.", "forward", "dose"),
    "dose_changed": _Telling(
        lambda f: f"changed the dose from {f.dose(f.old)} to {f.dose(f.new)}.", "compare", "dose"
    ),
    "treatment_ended": _Telling(lambda f: "ended treatment.", "notdone", "subject"),
    "subject_completed": _Telling(lambda f: "recorded that the subject completed the study.", "done", "subject"),
    "subject_withdrawn": _Telling(lambda f: "recorded that the subject withdrew.", "notdone", "subject"),
    "contact_lost": _Telling(lambda f: "recorded that contact with the subject was lost.", "notdone", "subject"),
}


def who_did(person: str) -> str:
    """Ines Marek (pharmacist): the person as the trail names them, ready for a verb."""
    name, _, roles = person.partition(", ")
    return f"{name} ({roles})" if roles else name


def told(entry: Entry, study: BlindedStudy) -> HistoryLine:
    """An entry about a subject as a sentence; an act without words of its own is told by its name."""
    person = who_did(entry["person"])
    facts = _Facts(study, entry["new"] or {}, entry["old"] or {}, entry["reason"] or "")
    telling = _TELLINGS.get(entry["act"])
    if telling is not None:
        sentence = f"{person} {telling.words(facts)}"
        return HistoryLine(entry["at"], sentence, telling.detail(facts), telling.icon, telling.kind, person)
    act = str(entry["act"]).replace("_", " ")
    refused = act.endswith(" refused")
    detail = str(facts.new.get("sentence", "")) if refused else facts.reason
    sentence = f"{person}: {act}."
    return HistoryLine(entry["at"], sentence, detail, "refused" if refused else "document", "subject")
