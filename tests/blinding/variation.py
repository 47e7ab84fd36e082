"""In what two worlds differ: the words for treatments, or one subject's treatment. Nothing else may."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from irt.randomization.scheme import Allocation, Procedure, State, Subject
from irt.randomization.stream import Seed
from irt.services import draw_arm, study_versions
from irt.services import load_kit_list as kit_list
from irt.services.kit_list import ListedLot
from irt.services.studies import procedure_of
from irt.study.definition import StudyDefinition
from irt.supply import kit_selection
from irt.supply.kit_selection import Candidate
from tests.blinding.evidence import Evidence
from tests.builders_supply import the_lipid_study

ONE, OTHER = "QXARMUNO", "QXARMDOS"
PLAIN = {
    "A": ONE,
    "P": OTHER,
    "NBT-140": "Qxverum",
    "Placebo": "Qxsham",
    "PEN-A": "QXKITUNO",
    "PEN-P": "QXKITDOS",
    "NBT-140 pen": "Qxverum pen",
    "Placebo pen": "Qxsham pen",
    "one pre-filled pen, NBT-140 140 mg in 1 mL": "one pre-filled pen, Qxverum 140 mg in 1 mL",
    "one pre-filled pen, placebo 1 mL": "one pre-filled pen, Qxsham 1 mL",
    "LOT-A1": "QXLOTUNO1",
    "LOT-P1": "QXLOTDOS1",
    "LOT-A2": "QXLOTUNO2",
    "LOT-P2": "QXLOTDOS2",
}
"""The study's own words for its treatments -> words that occur nowhere else."""
_TWINS = {
    "A": "P",
    "NBT-140": "Placebo",
    "PEN-A": "PEN-P",
    "NBT-140 pen": "Placebo pen",
    "one pre-filled pen, NBT-140 140 mg in 1 mL": "one pre-filled pen, placebo 1 mL",
    "LOT-A1": "LOT-P1",
    "LOT-A2": "LOT-P2",
}
SWAPPED = {**PLAIN, **{a: PLAIN[p] for a, p in _TWINS.items()}, **{p: PLAIN[a] for a, p in _TWINS.items()}}
BLOCK_SIZES = (5150, 6160)
"""No block a study would have: numbers that would be seen if they were told anywhere."""
SEQUENCES_FROM = 7_700_000
ASSIGNED_BEFORE = 424_000
KITS_OF_A_LOT = 30
CALL: dict[str, Any] = {"code": "CALL", "name": "Phone call", "kind": "phone", "window_after_days": 20}
CALL_DAY, WEIGHED = 14, "W4"
LEVEL = {"minimum": 3, "maximum": 14}
PREPARED: dict[str, Any] = {"unit": "mL", "contents": 1, "in_use_hours": 6}
CONTROLLED = {"NL": "I"}
"""In the country of the depot alone: there is a register, and nobody at a site needs a witness."""
ITEMS: tuple[dict[str, Any], ...] = ({"code": "BAG", "name": "Cool bag", "unit": "bag"},)
ROUTES: tuple[dict[str, Any], ...] = (
    {"code": "eu", "regions": ["EU"]},
    {"code": "us", "regions": ["NA", "LA", "AP"]},
)


@dataclass
class Variation:
    """One world's treatments. `chosen` lists the kit numbers of each choice, in order, where they are given."""

    words: Mapping[str, str] = field(default_factory=lambda: PLAIN)
    turned: int | None = None
    exchanged: Mapping[str, str] = field(default_factory=dict)
    chosen: Sequence[Sequence[str]] | None = None
    choices: list[list[str]] = field(default_factory=list)

    def definition(self) -> StudyDefinition:
        """The lipid study in this world's words, with blocks that would be recognised and every kind of visit.

        Its kits are drawn up before they are given, controlled at the depot, and released step by step.
        """
        study = the_lipid_study().model_dump(mode="json", exclude={"sizes"})
        study["screening"]["run_in_days"] = 1
        study["visits"].append({**CALL, "day": CALL_DAY})
        for rule in study["dispensing"]:
            if rule["visits"] == [WEIGHED]:
                dose = {"kit_type": rule["kits"][0]["kit_type"], "mg_per_kg": 1, "mg_per_kit": 20}
                rule.update(kits=[], by_weight=dose)
        for group in study["blinding_groups"]:
            group.update(preparation=PREPARED, schedules=CONTROLLED)
        study["release_routes"] = ROUTES
        study["items"] = ITEMS
        study["randomization"]["block_sizes"] = BLOCK_SIZES
        study["resupply"]["study"] = {"PEN-A": LEVEL, "PEN-P": LEVEL}
        return StudyDefinition.model_validate(_in_words(study, self.words))

    def lots(self) -> list[ListedLot]:
        """Two blinded lots, each over one lot of either treatment."""
        expiries = {1: date(2027, 12, 31), 2: date(2028, 5, 31)}
        return [
            ListedLot(
                lot=self.words[f"LOT-{letter}{number}"],
                blinded_lot=f"L{number}",
                kit_type=self.words[f"PEN-{letter}"],
                kits=KITS_OF_A_LOT,
                expiry=expiry,
                depot="NLD",
            )
            for number, expiry in expiries.items()
            for letter in "AP"
        ]

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Turns one draw, exchanges the contents of kits, and gives kits by number, where this world does."""
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            # A salted hash is random to whoever lacks the salt. Here it covers the salt alone: what it covers
            # besides differs between the worlds, which says nothing of what can be learned from it.
            patch.setattr(study_versions, "digest", lambda definition, salt: salt[::-1].hex())
            patch.setattr(kit_list, "_store", partial(_store, kit_list._store, self.exchanged))
            patch.setattr(kit_list, "warehouse_order", _in_turn)
            patch.setattr(kit_selection, "_draw", partial(self._choose, kit_selection._draw))
            patch.setattr(draw_arm, "procedure_of", partial(self._turned, procedure_of))
            yield

    def _turned(self, known: Any, *of: Any) -> Procedure:
        procedure: Procedure = known(*of)
        return procedure if self.turned is None else _Turned(procedure, self.turned)

    def _choose(self, draw: Any, fit: list[Candidate], quantity: int, rng: Any) -> list[Candidate]:
        """The drawn kits; or those given by number, which must be fit and as likely to be drawn."""
        drawn: list[Candidate] = draw(fit, quantity, rng)
        if self.chosen is not None:
            wanted = self.chosen[len(self.choices)]
            given = [kit for number in wanted for kit in fit if kit.number == number]
            if [kit.expiry for kit in given] != [kit.expiry for kit in drawn]:
                raise LookupError(f"{wanted} could not have been drawn here")
            drawn = given
        self.choices.append([kit.number for kit in drawn])
        return drawn


def turning(subject: str, was: Variation, run: Evidence) -> Variation:
    """The world in which this subject got the other arm, and everything else was as in a run.

    Kits with the same numbers are given; those of the subject hold what equally many others held, which came in
    the same parcel from the same lot and were given to nobody.
    """
    given = {run.mistaken, *(number for numbers in was.choices for number in numbers)}
    spare = [number for number in run.contents if number in run.batches and number not in given]
    exchanged: dict[str, str] = {}
    for number in run.given[subject]:
        twin = next(
            other
            for other in spare
            if run.batches[other] == run.batches[number]
            and run.contents[other] != run.contents[number]
            and other not in exchanged
        )
        exchanged |= {number: twin, twin: number}
    return Variation(turned=run.assigned[subject], exchanged=exchanged, chosen=was.choices)


@dataclass(frozen=True)
class _Turned:
    """A procedure that gives one subject the other arm, and everybody else what they had."""

    known: Procedure
    number: int

    @property
    def arms(self) -> tuple[str, ...]:
        return self.known.arms

    def stratum(self, subject: Subject) -> str:
        return self.known.stratum(subject)

    def state_keys(self, subject: Subject) -> tuple[str, ...]:
        return self.known.state_keys(subject)

    def probabilities(self, state: State, subject: Subject) -> Any:
        return self.known.probabilities(state, subject)

    def assign(self, state: State, subject: Subject, seed: Seed) -> Allocation:
        drawn = self.known.assign(state, subject, seed)
        if subject.number != self.number:
            return drawn
        return replace(drawn, arm=next(arm for arm in self.arms if arm != drawn.arm))


def _store(
    store: Any, exchanged: Mapping[str, str], work: Any, study: Any, rows: Any, contents: Mapping[str, Any]
) -> None:
    """Stores the kit list with the contents of some kits exchanged; each kit keeps its place, a telling number."""
    said = {
        number: {**contents[exchanged.get(number, number)], "sequence": SEQUENCES_FROM + content["sequence"]}
        for number, content in contents.items()
    }
    store(work, study, rows, said)


def _in_turn(seed: bytes, lots: Sequence[Any], given: Mapping[str, Sequence[str]]) -> list[str]:
    """The warehouse's order is chance too. Here a kit of either type lies there in turn."""
    together: dict[str, list[str]] = {}
    for lot in lots:
        together.setdefault(lot.blinded_lot, []).extend(given[lot.lot])
    order: list[str] = []
    for numbers in together.values():
        half = len(numbers) // 2
        order += [number for pair in zip(numbers[:half], numbers[half:], strict=True) for number in pair]
    return order


def _in_words(part: Any, words: Mapping[str, str]) -> Any:
    if isinstance(part, Mapping):
        return {_in_words(key, words): _in_words(value, words) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_in_words(each, words) for each in part]
    return words.get(part, part) if isinstance(part, str) else part
