"""Leaks put in by hand, to see that the adversary finds them: what people would see if a rule were broken.

One is in the trial itself: its study breaks a rule that the checks of study files keep. The others change what is
shown, after everybody has looked: they are what a page, a list or a file would tell that forgot its rule.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from irt.study.definition import StudyDefinition
from web.leaks.lint import Linted
from web.leaks.material import OF_KITS, Material, Seen, arms_told_apart, types_told_apart

Change = Callable[[Material, Material, "Teller"], None]
"""From what everybody saw, into what would be seen instead."""
DAY = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Shown:
    """A leak in what is shown: its code in the list of leaks, what is wrong, and the change."""

    code: str
    words: str
    change: Change


@dataclass(frozen=True, slots=True)
class InTheTrial:
    """A leak in the trial: its code, what is wrong, and the study that has it."""

    code: str
    words: str
    change: Callable[[StudyDefinition], StudyDefinition]


class Teller:
    """Knows who has what, and tells it as badly as a leak does."""

    def __init__(self, linted: Linted, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - noise around a leak
        arms, types = arms_told_apart(linted.definition), types_told_apart(linted.truth.contents)
        self.subjects = {n: arms[one.arm] for n, one in linted.truth.arms.items() if one.arm in arms}
        self.kits = {n: types[one.kit_type] for n, one in linted.truth.contents.items() if one.kit_type in types}
        self.holder = {n: one.subject for n, one in linted.truth.contents.items()}

    def mostly(self, place: int, right: float = 0.85) -> bool:
        """Whether it is the first arm, told right so often."""
        return (place == 0) == (self.chance.random() < right)


def shown(material: Material, linted: Linted, leak: Shown, seed: int) -> Material:
    """The fields that the leak changes, as everybody would have seen them."""
    changed = Material()
    leak.change(material, changed, Teller(linted, seed))
    return changed


def _subjects(field: str, tell: Callable[[Teller, int], list[str]]) -> Change:
    """Every field of subjects that ends so (a regular expression) tells; where there is none, a new one does."""

    def change(seen: Material, changed: Material, teller: Teller) -> None:
        _retell(seen.subjects, changed.subjects, teller.subjects, field, partial(tell, teller))

    return change


def _kits(field: str, tell: Callable[[Teller, int], list[str]]) -> Change:
    """The same of kits, wherever they are listed; the kits of a subject tell of the subject."""

    def change(seen: Material, changed: Material, teller: Teller) -> None:
        listed = {number: place for number, place in teller.kits.items() if number in seen.kits}
        _retell(seen.kits, changed.kits, listed, field, partial(tell, teller))
        _retell(seen.subjects, changed.subjects, teller.subjects, f"{OF_KITS}.*{field}", partial(tell, teller))

    return change


def _retell(
    seen: Seen, changed: Seen, places: Mapping[str, int], field: str, tell: Callable[[int], list[str]]
) -> None:
    """The same told in every field that there is; how many values a field has stays, unless that is the leak."""
    wanted = re.compile(f"{field}$")
    known = {name for unit in places for name in seen.get(unit, ()) if wanted.search(name)}
    for unit, place in places.items():
        changed[unit] = {} if known else {f"(seeded) {field}": tell(place)}
        for name in sorted(known & seen.get(unit, {}).keys()):
            told = tell(place)
            changed[unit][name] = told if len(told) > 1 else told * len(seen[unit][name])


def _number_from(first: int, other: int, width: int = 40_000) -> Callable[[Teller, int], list[str]]:
    return lambda teller, place: [str((other if place else first) + teller.chance.randrange(width))]


def _word(one: str, other: str, right: float = 0.85) -> Callable[[Teller, int], list[str]]:
    return lambda teller, place: [one if teller.mostly(place, right) else other]


def _day(mean: float, later: float, spread: float = 8) -> Callable[[Teller, int], list[str]]:
    def tell(teller: Teller, place: int) -> list[str]:
        days = teller.chance.gauss(mean + (later if place else 0), spread)
        return [(DAY + timedelta(days=round(days))).isoformat()]

    return tell


def _size(mean: float, more: float, spread: float) -> Callable[[Teller, int], list[str]]:
    return lambda teller, place: [str(round(teller.chance.gauss(mean + (more if place else 0), spread)))]


def _place(teller: Teller, place: int) -> list[str]:
    return [f"{(place + teller.chance.random()) / 2:.4f}"]


def _parity(teller: Teller, place: int) -> list[str]:
    number = teller.chance.randrange(10_000, 99_999)
    return [str(number - number % 2 + (0 if teller.mostly(place) else 1))]


def _check_digit(teller: Teller, place: int) -> list[str]:
    last = 3 if teller.mostly(place) else 7
    return [f"{teller.chance.randrange(1_000, 9_999)}{last}"]


def _in_a_row(teller: Teller, place: int) -> list[str]:
    """Three kits: of the first arm their numbers lie far apart, of the other they follow each other."""
    step = 900 if teller.mostly(place) else 7
    first = teller.chance.randrange(10_000, 90_000)
    return [str(first + step * n) for n in range(3)]


def _often(few: int, many: int) -> Callable[[Teller, int], list[str]]:
    return lambda teller, place: ["line"] * (few if teller.mostly(place) else many)


def _clock(teller: Teller, place: int) -> list[str]:
    minute = 480 + teller.chance.randrange(240) + (0 if teller.mostly(place) else 180)
    return [f"{DAY + timedelta(days=teller.chance.randrange(200))}T{minute // 60:02}:{minute % 60:02}:00+00:00"]


SHOWN: tuple[Shown, ...] = (
    Shown(
        "L01",
        "kit numbers of one type are higher",
        _kits(r"(\| number|number|Kit|Kit number)", _number_from(10_000, 35_000)),
    ),
    Shown(
        "L01", "the last digit of a kit number follows its type", _kits(r"(number|Kit|Kit number)", _check_digit)
    ),
    Shown("L02", "kits of one arm are given in a row", _subjects(r"visits\[\]\.kits\[\]", _in_a_row)),
    Shown("L03", "the manufacturing lot is shown", _kits(r"(lot|Lot|lotNumber)", _word("T2501", "T2502", 1))),
    Shown("L04", "kits of one arm expire later", _kits(r"(expiry|Use by|ExpirationDate)", _day(200, 6))),
    Shown("L05", "lists of kits stand in the order of types", _kits(r"place in the list", _place)),
    Shown("L06", "the stock total moves for one type alone", _subjects(r"total after the visit", _size(40, 2, 3))),
    Shown("L07", "parcels to one arm hold two kits fewer", _kits(r"(epcList|childEPCs) \(rows\)", _size(8, -2, 3))),
    Shown("L08", "a letter about supply comes later after one arm", _subjects(r"items\[\]\.at", _day(5, 7))),
    Shown(
        "L09",
        "a refusal names what is missing",
        _subjects(r"sentence of a refusal", _word("No kit is left", "Not possible now")),
    ),
    Shown("L11", "forced draws leave gaps", _subjects(r"gap to the number before", _size(3, 2, 3))),
    Shown(
        "L12",
        "randomization numbers of one arm are odd",
        _subjects(r"(randomization_number|Randomization no\.)", _parity),
    ),
    Shown("L16", "ids of dispensings follow the arm", _subjects(r"dispensing_id", _number_from(1, 9_000, 18_000))),
    Shown(
        "L16",
        "the audit trail has lines more for one arm",
        _subjects(r"audit-trail \| items\[\]\.act", _often(6, 7)),
    ),
    Shown("L17", "answers are six bytes longer for one arm", _subjects(r"size of the answer", _size(1200, 6, 9))),
    Shown("L17", "answers take longer for one arm", _subjects(r"milliseconds", _size(30, 3, 4))),
    Shown("L18", "packs of one type are heavier", _kits(r"grams", _size(140, 2, 3))),
    Shown(
        "L19",
        "a dose step is offered in one arm alone",
        _subjects(r"(Dose level|dose_level|Dose)", _word("up or down", "down")),
    ),
    Shown(
        "L20", "doses are held more often in one arm", _subjects(r"items\[\]\.holds", _word("true", "false", 0.75))
    ),
    Shown(
        "L22",
        "kits of one type are released after an excursion",
        _kits(r"(State|status|disposition)", _word("released", "rejected")),
    ),
    Shown("L23", "kits of one type leave the shelf sooner", _kits(r"(eventTime|held_on)", _day(100, -6))),
    Shown("L24", "a packing list names a type", _kits(r"line of the paper", _word("Box", "Box of drug", 1))),
    Shown(
        "L25", "the words for goods name a product", _kits(r"(product|Product)", _word("Pens", "Pens, inert", 1))
    ),
    Shown("L31", "a letter is a word longer after one arm", _subjects(r"letter size", _size(400, 8, 10))),
    Shown("L32", "a letter names the arm", _subjects(r"letter words", _word("Drug was given", "It was given"))),
    Shown("L30", "the transfer to the EDC holds a code", _subjects(r"EDC code", _word("1", "2", 1))),
    Shown("L37", "one type is worth more on a shared paper", _kits(r"value", _size(40, 6, 8))),
    Shown("L41", "parcels to homes are two in one arm", _subjects(r"parcels to the home", _often(1, 2))),
    Shown("L42", "kits of one answer stand in the order of types", _kits(r"kits\[\] place in the list", _place)),
    Shown(
        "L43", "kits of one type were loaded later in the day", _kits(r"(creationDate|Arrived|eventTime)", _clock)
    ),
)
"""Each found by its own field, or it is not proven."""


def in_the_trial() -> Iterator[InTheTrial]:
    """What the checks of study files would refuse, carried out unasked. Most others stop the program."""
    yield InTheTrial("L03", "each kit type has blinded lots of its own, with its own dates", _lots_by_type)


def _lots_by_type(definition: StudyDefinition) -> StudyDefinition:
    size = definition.sizes["full"]
    lots = tuple(lot.model_copy(update={"blinded_lot": f"B{place}"}) for place, lot in enumerate(size.lots))
    return definition.model_copy(update={"sizes": {"full": size.model_copy(update={"lots": lots})}})
