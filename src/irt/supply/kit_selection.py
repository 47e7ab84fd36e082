"""Which kits a subject is given: the fit ones, first expired first out, at random among equal dates."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from irt.errors import Refusal
from irt.states.kit import Assignment, KitState, Quality
from irt.study.dispensing import KitNeed
from irt.supply.expiry import outlasts

ANY_LABEL = "all"
"""The label group of kits that may go anywhere."""


class NoUsableKit(Refusal):
    """A kit that is needed is not there, or none that may be given.

    The sentence is the same whatever was missing; `trace` and `candidates` tell unblinded readers.
    """

    tells_supply = True

    def __init__(self, trace: str, candidates: dict[str, Any]) -> None:
        super().__init__(
            "Kits cannot be assigned now. Nothing was booked. Supply has been told; call the help line if the "
            "patient is waiting.",
            trace,
        )
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Candidate:
    """What decides whether a kit may be given: its facts, and whether lot, label and place fit this site."""

    id: int
    number: str
    kit_type: str
    lot: str
    expiry: date
    state: KitState
    lot_approved: bool = True
    label_fits: bool = True
    on_site: bool = True
    meant_for_subject: bool = False
    on_hold: bool = False
    storage_place: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The kits to assign, sorted by number, and for unblinded readers how each candidate fared."""

    chosen: tuple[Candidate, ...]
    trace: dict[str, Any]


def label_fits(kit_label: str, site_label: str) -> bool:
    """Whether a kit's label may be used at a site."""
    return kit_label in {ANY_LABEL, site_label}


def exclusion(kit: Candidate, on_day: date, dnd_days: int) -> str | None:
    """The first rule that forbids giving this kit on this day; None where it may be given.

    `dnd_days` is the longer of the static do-not-dispense window and the days the kits must last.
    """
    return next((rule for rule, passes in RULES if not passes(kit, on_day, dnd_days)), None)


def _free(kit: Candidate) -> bool:
    assignment = kit.state.assignment
    return assignment == Assignment.FREE or (assignment == Assignment.PREALLOCATED and kit.meant_for_subject)


RULES: tuple[tuple[str, Callable[[Candidate, date, int], bool]], ...] = (
    ("not on site", lambda kit, on_day, dnd_days: kit.on_site),
    ("not released", lambda kit, on_day, dnd_days: kit.state.quality == Quality.RELEASED),
    ("on hold", lambda kit, on_day, dnd_days: not kit.on_hold),
    ("not free", lambda kit, on_day, dnd_days: _free(kit)),
    ("expired", lambda kit, on_day, dnd_days: outlasts(kit.expiry, on_day, 0)),
    ("do not dispense", lambda kit, on_day, dnd_days: outlasts(kit.expiry, on_day, dnd_days)),
    ("lot not approved here", lambda kit, on_day, dnd_days: kit.lot_approved),
    ("label not for here", lambda kit, on_day, dnd_days: kit.label_fits),
)
"""Every rule a kit must pass, in the order in which they are asked."""


def choose_kits(
    candidates: Iterable[Candidate],
    needs: Sequence[KitNeed],
    on_day: date,
    dnd_by_type: Mapping[str, int],
    rng: Callable[[int], int],
) -> Choice:
    """Kits for every need, earliest expiry first; one call of `rng(modulus)`, below the modulus, for each kit.

    NoUsableKit where any need cannot be met in full.
    """
    judged = _judge(candidates, needs, on_day, dnd_by_type)
    if judged.lacking:
        raise NoUsableKit(judged.words(), judged.trace(frozenset()))
    # Drawn at random: kits given in any visible order would let staff match subjects by arm.
    chosen = [kit for kit_type, quantity in judged.needed for kit in _draw(judged.fit[kit_type], quantity, rng)]
    chosen.sort(key=lambda kit: kit.number)
    return Choice(tuple(chosen), judged.trace(frozenset(kit.id for kit in chosen)))


def lacking(
    candidates: Iterable[Candidate], needs: Sequence[KitNeed], on_day: date, dnd_by_type: Mapping[str, int]
) -> dict[str, int]:
    """How many kits of each type are missing for these needs; empty where all can be met."""
    return _judge(candidates, needs, on_day, dnd_by_type).lacking


@dataclass(frozen=True, slots=True)
class _Judged:
    """Candidates of the needed types with the rule that excluded each, and the fit ones by type."""

    on_day: date
    dnd_by_type: Mapping[str, int]
    needed: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[Candidate, str | None], ...]
    fit: Mapping[str, list[Candidate]]

    @property
    def lacking(self) -> dict[str, int]:
        short = {kit_type: quantity - len(self.fit.get(kit_type, ())) for kit_type, quantity in self.needed}
        return {kit_type: kits for kit_type, kits in short.items() if kits > 0}

    def words(self) -> str:
        """As 'No eligible P150: 4 on site, 3 excluded by do not dispense, 1 by not released'."""
        return "; ".join(self._words_of(kit_type) for kit_type in self.lacking)

    def _words_of(self, kit_type: str) -> str:
        rules = [rule for kit, rule in self.verdicts if kit.kit_type == kit_type]
        excluded = Counter(rule for rule in rules if rule is not None)
        told = "".join(f", {kits} excluded by {rule}" for rule, kits in sorted(excluded.items()))
        return f"Not enough eligible {kit_type}: {len(rules)} on site{told}"

    def trace(self, chosen: frozenset[int]) -> dict[str, Any]:
        return {
            "on_day": self.on_day.isoformat(),
            "needs": dict(self.needed),
            "dnd_days": {kit_type: self.dnd_by_type.get(kit_type, 0) for kit_type, _ in self.needed},
            "kits": [
                [kit.number, kit.kit_type, kit.lot, kit.expiry.isoformat(), rule or _fate(kit, chosen)]
                for kit, rule in self.verdicts
            ],
        }


def _fate(kit: Candidate, chosen: frozenset[int]) -> str:
    return "chosen" if kit.id in chosen else "fit"


def _judge(
    candidates: Iterable[Candidate], needs: Sequence[KitNeed], on_day: date, dnd_by_type: Mapping[str, int]
) -> _Judged:
    needed: Counter[str] = Counter()
    for need in needs:
        needed[need.kit_type] += need.quantity
    verdicts, fit = [], defaultdict(list)
    for kit in sorted((kit for kit in candidates if kit.kit_type in needed), key=lambda kit: kit.number):
        rule = exclusion(kit, on_day, dnd_by_type.get(kit.kit_type, 0))
        verdicts.append((kit, rule))
        if rule is None:
            fit[kit.kit_type].append(kit)
    return _Judged(on_day, dnd_by_type, tuple(sorted(needed.items())), tuple(verdicts), fit)


def _draw(fit: list[Candidate], quantity: int, rng: Callable[[int], int]) -> list[Candidate]:
    left = sorted(fit, key=lambda kit: (not kit.meant_for_subject, kit.expiry, kit.number))
    drawn = []
    for _ in range(quantity):
        first = (left[0].meant_for_subject, left[0].expiry)
        equals = sum(1 for kit in left if (kit.meant_for_subject, kit.expiry) == first)
        drawn.append(left.pop(rng(equals)))
    return drawn
