"""SDTM datasets of a study. Without treatments they are the blinded edition, in which the arm reads BLINDED."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import TypeVar

from irt.exports.arms import Arms
from irt.exports.countries import alpha_3
from irt.exports.course import (
    CODES,
    FOLLOW_UP,
    NAMES,
    RUN_IN,
    SCREENING,
    TREATMENT,
    Element,
    elements,
    epoch_on,
    study_day,
)
from irt.exports.dataset import Cell, Dataset
from irt.exports.facts import (
    BreakFact,
    DeviationFact,
    DrawFact,
    EventFact,
    GivenFact,
    StudyData,
    SubjectFact,
    Treatments,
)
from irt.exports.moments import day, moment, when
from irt.exports.sdtm_designs import BLINDED, DESIGNS
from irt.exports.trial_design import trial_arms, trial_elements, trial_summary, trial_visits
from irt.states.subject import NOT_INCLUDED, SubjectEvent

_E = SubjectEvent
Record = dict[str, Cell]
_Fact = TypeVar("_Fact", EventFact, DrawFact, GivenFact, DeviationFact, BreakFact)
_TERMS = {
    _E.FAIL_SCREENING: ("SCREEN FAILURE", "Screen failure"),
    _E.FAIL_RUN_IN: ("SCREEN FAILURE", "Run-in failure"),
    _E.STOP_TREATMENT: ("OTHER", "Treatment stopped"),
    _E.COMPLETE: ("COMPLETED", "Completed"),
    _E.WITHDRAW: ("WITHDRAWAL BY SUBJECT", "Withdrawal"),
    _E.LOSE_CONTACT: ("LOST TO FOLLOW-UP", "Lost to follow-up"),
}
_LAST = (_E.STOP_TREATMENT, _E.COMPLETE, _E.WITHDRAW, _E.LOSE_CONTACT)
LABEL_MAX = 40


@dataclass(frozen=True, slots=True)
class Person:
    """A subject with all that is told of it, and the day that study days are counted from."""

    fact: SubjectFact
    id: str
    zone: tzinfo
    events: tuple[EventFact, ...]
    course: tuple[Element, ...]
    draws: tuple[DrawFact, ...]
    given: tuple[GivenFact, ...]
    deviations: tuple[DeviationFact, ...]
    breaks: tuple[BreakFact, ...]

    @property
    def reference(self) -> date | None:
        """The day of the first kits that were handed over."""
        return min((one.at.astimezone(self.zone).date() for one in self.given), default=None)

    def timing(self, on: date) -> tuple[str, int | None]:
        """Epoch and study day of a day."""
        return epoch_on(self.course, on), study_day(on, self.reference)


def usubjid(protocol: str, subject: str) -> str:
    """The protocol number, a hyphen, the subject number: unique as long as a person is in one study."""
    return f"{protocol}-{subject}"


def sdtm(data: StudyData, secret: Treatments | None = None) -> tuple[Dataset, ...]:
    """The datasets in the order of the define file; empty ones are left out, but for DM."""
    arms = Arms(data, secret)
    people = list(people_of(data))
    numbers: dict[str, int] = {visit.code: place for place, visit in enumerate(data.study.visits, start=1)}
    records: dict[str, Iterable[Record]] = {
        "TA": trial_arms(arms),
        "TE": trial_elements(arms),
        "TV": trial_visits(data.study.visits),
        "TS": trial_summary(data.study, arms),
        "DM": (_demographics(one, arms) for one in people),
        "SE": (record for one in people for record in _course(one, arms)),
        "DS": (record for one in people for record in _disposition(one)),
        "DV": (record for one in people for record in _deviations(one)),
        "DA": (record for one in people for record in _accountability(one, data, numbers)),
        "SUPPDM": (record for one in people for record in _about_subject(one, arms)),
    }
    if secret is not None:
        records["SUPPDA"] = (record for one in people for record in _about_kits(one, secret))
    made = (_dataset(name, data, list(rows), blinded=secret is None) for name, rows in records.items())
    return tuple(one for one in made if one.rows or one.name == "DM")


def people_of(data: StudyData) -> Iterator[Person]:
    """Every subject with its events, its course and its kits."""
    events, draws, given = _by_subject(data.events), _by_subject(data.draws), _by_subject(data.given)
    deviations, breaks = _by_subject(data.deviations), _by_subject(data.breaks)
    zones = data.zones
    for fact in data.subjects:
        number, zone = fact.number, zones[fact.number]
        happened = events.get(number, ())
        yield Person(
            fact=fact,
            id=usubjid(data.study.protocol, number),
            zone=zone,
            events=happened,
            course=tuple(elements(fact, happened, zone)),
            draws=draws.get(number, ()),
            given=given.get(number, ()),
            deviations=deviations.get(number, ()),
            breaks=breaks.get(number, ()),
        )


def _by_subject(facts: Iterable[_Fact]) -> dict[str, tuple[_Fact, ...]]:
    found: dict[str, list[_Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.subject].append(fact)
    return {subject: tuple(mine) for subject, mine in found.items()}


def _dataset(name: str, data: StudyData, records: list[Record], *, blinded: bool) -> Dataset:
    design = DESIGNS[name].only(BLINDED[name]) if blinded else DESIGNS[name]
    common: Record = {"STUDYID": data.study.protocol, "DOMAIN": name}
    return Dataset.of(design, [{**common, **record} for record in records])


def _demographics(one: Person, arms: Arms) -> Record:
    last = [event for event in one.events if event.kind in _LAST]
    return {
        "USUBJID": one.id,
        "SUBJID": one.fact.number,
        "RFSTDTC": moment(min((kit.at for kit in one.given), default=None), one.zone),
        "RFENDTC": when(last[-1].on_day, last[-1].at, one.zone) if last and one.given else "",
        "SITEID": one.fact.site,
        "COUNTRY": alpha_3(one.fact.country),
        **arms.of(one.fact.number, one.given, failed=one.fact.status in NOT_INCLUDED),
    }


def _course(one: Person, arms: Arms) -> Iterator[Record]:
    for place, element in enumerate(one.course, start=1):
        code, name = CODES[element.epoch], NAMES[element.epoch]
        if element.epoch == TREATMENT:
            code, name = arms.element_of(one.fact.number)
        yield {
            "USUBJID": one.id,
            "SESEQ": place,
            "ETCD": code,
            "ELEMENT": name,
            "TAETORD": (SCREENING, RUN_IN, TREATMENT, FOLLOW_UP).index(element.epoch) + 1,
            "EPOCH": element.epoch,
            "SESTDTC": element.begun_at,
            "SEENDTC": element.ended_at,
        }


def _disposition(one: Person) -> Iterator[Record]:
    """Milestones and ends in the order of their days."""
    found: list[tuple[date, Record]] = []
    for draw in one.draws:
        term = "RANDOMIZED" if draw.stage == 1 else "RE-RANDOMIZED"
        told: Record = {"DSTERM": term, "DSDECOD": term, "DSCAT": "PROTOCOL MILESTONE", "DSREFID": draw.number}
        found.append((draw.on_day, {**told, **_dated(one, draw.on_day, when(draw.on_day, draw.at, one.zone))}))
    for event in one.events:
        if event.kind in _TERMS:
            decoded, words = _TERMS[_E(event.kind)]
            term = f"{words}: {event.reason}" if event.reason else words
            told = {"DSTERM": term, "DSDECOD": decoded, "DSCAT": "DISPOSITION EVENT"}
            at = when(event.on_day, event.at, one.zone)
            found.append((event.on_day, {**told, **_dated(one, event.on_day, at)}))
    for broken in one.breaks:
        on = broken.at.astimezone(one.zone).date()
        told = {"DSTERM": f"Code break: {broken.reason}", "DSDECOD": "TREATMENT UNBLINDED", "DSCAT": "OTHER EVENT"}
        found.append((on, {**told, **_dated(one, on, moment(broken.at, one.zone))}))
    found.sort(key=lambda each: each[0])
    for place, (_, record) in enumerate(found, start=1):
        yield {"USUBJID": one.id, "DSSEQ": place, **record}


def _dated(one: Person, on: date, at: str) -> Record:
    epoch, count = one.timing(on)
    return {"EPOCH": epoch, "DSDTC": at, "DSSTDTC": at, "DSSTDY": count}


def _deviations(one: Person) -> Iterator[Record]:
    for place, fact in enumerate(one.deviations, start=1):
        epoch, count = one.timing(fact.at.astimezone(one.zone).date())
        yield {
            "USUBJID": one.id,
            "DVSEQ": place,
            "DVREFID": fact.number,
            "DVTERM": fact.sentence,
            "DVCAT": fact.kind,
            "EPOCH": epoch,
            "DVSTDTC": moment(fact.at, one.zone),
            "DVSTDY": count,
        }


def _accountability(one: Person, data: StudyData, numbers: Mapping[str, int]) -> Iterator[Record]:
    names = {visit.code: visit.name for visit in data.study.visits}
    place = 0
    for given in one.given:
        on = given.at.astimezone(one.zone).date()
        place += 1
        common: Record = {"USUBJID": one.id, "DAREFID": given.kit, "DACAT": "STUDY MEDICATION"}
        visit: Record = {
            "VISITNUM": visit_number(numbers, given.visit, given.occurrence),
            "VISIT": names.get(given.visit, given.visit),
        }
        amount = _amount(one, on, place, "DISPAMT", "Dispensed Amount", 1, "KIT")
        yield {**common, **visit, **amount, "DADTC": moment(given.at, one.zone)}
        if given.returned is not None and given.returned_on is not None:
            place += 1
            unit = "KIT" if given.counted_in == "kits" else "UNIT"
            back = _amount(one, given.returned_on, place, "RETAMT", "Returned Amount", given.returned, unit)
            yield {**common, **back, "DADTC": day(given.returned_on)}


def _amount(one: Person, on: date, place: int, code: str, name: str, amount: int, unit: str) -> Record:
    epoch, count = one.timing(on)
    return {
        "DASEQ": place,
        "DATESTCD": code,
        "DATEST": name,
        "DAORRES": str(amount),
        "DAORRESU": unit,
        "DASTRESC": str(amount),
        "DASTRESN": amount,
        "DASTRESU": unit,
        "EPOCH": epoch,
        "DADY": count,
    }


def visit_number(numbers: Mapping[str, int], code: str, occurrence: int) -> float | None:
    """The visit's place in the schedule; its repetitions are thousandths of it. None where it is unscheduled."""
    return round(numbers[code] + occurrence / 1000, 3) if code in numbers else None


def _about_subject(one: Person, arms: Arms) -> Iterator[Record]:
    """Randomization number and strata as entered; unblinded, the stratum that was used and the corrected one."""
    for draw in one.draws[:1]:
        told = [("RANDNO", "Randomization Number", draw.number)]
        told += [
            (f"STRAT{place}", f"Stratum as Entered: {factor}"[:LABEL_MAX], level)
            for place, (factor, level) in enumerate(draw.levels.items(), start=1)
        ]
        for name, label, value in (*told, *arms.strata_of(draw.number)):
            yield _supplement(one, "DM", "", "", name, label, value)


def _about_kits(one: Person, secret: Treatments) -> Iterator[Record]:
    place = 0
    for given in one.given:
        place += 1
        inside = secret.contents[given.kit]
        told = (("KITTYPE", "Kit Type", inside.kit_type), ("BULKLOT", "Manufacturing Lot", inside.lot))
        for name, label, value in told:
            yield _supplement(one, "DA", "DASEQ", str(place), name, label, value)
        place += given.returned is not None and given.returned_on is not None


def _supplement(one: Person, domain: str, variable: str, value: str, name: str, label: str, told: str) -> Record:
    return {
        "RDOMAIN": domain,
        "USUBJID": one.id,
        "IDVAR": variable,
        "IDVARVAL": value,
        "QNAM": name,
        "QLABEL": label,
        "QVAL": told,
        "QORIG": "Assigned",
    }
