"""What a method remembers of a running study: rows of whole numbers, from which its memory is made at each draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from irt.randomization import margins
from irt.randomization.design import Factor
from irt.randomization.methods.atkinson_da import AtkinsonDA
from irt.randomization.methods.biased_coin_minimization import BiasedCoinMinimization
from irt.randomization.methods.boin import Boin
from irt.randomization.methods.complete import Complete
from irt.randomization.methods.counts import Counting
from irt.randomization.methods.escalation import Dose, Escalation
from irt.randomization.methods.hu_hu import HuHu, Imbalance
from irt.randomization.methods.method import Levels, Method, Step
from irt.randomization.methods.minimization import Minimization
from irt.randomization.methods.play_the_winner import PlayTheWinner
from irt.randomization.methods.responses import Tallies, Tally
from irt.randomization.methods.three_plus_three import ThreePlusThree
from irt.randomization.scheme import Row, State, Subject

OWN = "own"
"""The one level that a live method knows of a factor: the subject's own. Counts at others never matter."""


class Ledger(Protocol):
    """The memory of one stratum by key; a missing row is one in which nothing has happened."""

    def keys(self, subject: Subject) -> tuple[str, ...]:
        """The rows that this subject's decision reads and rewrites."""

    def levels(self, subject: Subject) -> Levels:
        """The subject's levels as the method is asked."""

    def memory(self, rows: State, subject: Subject) -> Any:
        """The method's memory, as far as this subject's decision needs it."""

    def after(self, rows: State, subject: Subject, arm: int) -> dict[str, Row]:
        """The same rows with this subject in an arm."""


@dataclass(frozen=True, slots=True)
class CountLedger:
    """Subjects by arm."""

    arms: tuple[str, ...]

    def keys(self, subject: Subject) -> tuple[str, ...]:
        """One row."""
        return ("",)

    def levels(self, subject: Subject) -> Levels:
        """None is looked at."""
        return ()

    def memory(self, rows: State, subject: Subject) -> Any:
        """The counts in the order of the arms."""
        return tuple(margins.counts(rows.get("", {}), self.arms))

    def after(self, rows: State, subject: Subject, arm: int) -> dict[str, Row]:
        """One more in the arm."""
        return margins.counted(margins.seen(rows, self.keys(subject)), self.arms, self.arms[arm])


@dataclass(frozen=True, slots=True)
class MarginLedger(CountLedger):
    """Subjects by arm at each level of each factor."""

    factors: tuple[str, ...]

    def keys(self, subject: Subject) -> tuple[str, ...]:
        """A row for each factor, at the subject's level."""
        return margins.margin_keys(self.factors, subject)

    def levels(self, subject: Subject) -> Levels:
        """The subject's own, which the keys have looked up."""
        return (OWN,) * len(self.factors)

    def memory(self, rows: State, subject: Subject) -> Any:
        """A grid of one level for each factor."""
        keys = margins.margin_keys(self.factors, subject)
        return tuple([(tuple(margins.counts(rows.get(key, {}), self.arms)),) for key in keys])


@dataclass(frozen=True, slots=True)
class ImbalanceLedger(MarginLedger):
    """Subjects by arm overall, at each level and in each stratum of all factors; for two arms."""

    def keys(self, subject: Subject) -> tuple[str, ...]:
        """Overall, the margins, the stratum; with one factor its margin is the stratum."""
        keys = ("", *margins.margin_keys(self.factors, subject), subject.profile(self.factors))
        return tuple(dict.fromkeys(keys))

    def memory(self, rows: State, subject: Subject) -> Any:
        """The differences at these places."""
        at = [_difference(rows.get(key, {}), self.arms) for key in margins.margin_keys(self.factors, subject)]
        stratum = _difference(rows.get(subject.profile(self.factors), {}), self.arms)
        overall = _difference(rows.get("", {}), self.arms)
        return Imbalance(overall, tuple((each,) for each in at), (((0,) * len(at), stratum),))


@dataclass(frozen=True, slots=True)
class InformationLedger(CountLedger):
    """The information matrix: subjects who have both of two columns, by the names of the columns."""

    factors: tuple[str, ...]
    method: AtkinsonDA

    def levels(self, subject: Subject) -> Levels:
        """The subject's level of each factor."""
        return tuple(subject.level(factor) for factor in self.factors)

    def memory(self, rows: State, subject: Subject) -> Any:
        """The whole matrix, which is symmetric."""
        row, columns = rows.get("", {}), self._columns()
        places = range(len(columns))
        return tuple(
            tuple(row.get(f"{columns[min(i, j)]} * {columns[max(i, j)]}", 0) for j in places) for i in places
        )

    def after(self, rows: State, subject: Subject, arm: int) -> dict[str, Row]:
        """The sums that are not zero."""
        matrix = self.method.after(self.memory(rows, subject), Step(arm, self.levels(subject)))
        columns = self._columns()
        return {
            "": {
                f"{columns[i]} * {columns[j]}": matrix[i][j]
                for i in range(len(columns))
                for j in range(i, len(columns))
                if matrix[i][j]
            }
        }

    def _columns(self) -> list[str]:
        """No code has a space in it, so that an arm is never taken for a level."""
        named = [f"arm {arm}" for arm in self.arms]
        for factor in self.method.grid.factors:
            named += [f"{factor.name}={level}" for level in factor.levels[1:]]
        return named


@dataclass(frozen=True, slots=True)
class TallyLedger(CountLedger):
    """Subjects by arm; what is known of their responses comes with each subject."""

    method: Method[Any]

    def memory(self, rows: State, subject: Subject) -> Any:
        """Allocations from the row, responses as known at this draw."""
        tallies = tuple(
            Tally(count, *subject.responses.get(arm, (0, 0)))
            for arm, count in zip(self.arms, margins.counts(rows.get("", {}), self.arms), strict=True)
        )
        return self._of(tallies)

    def _of(self, tallies: Tallies) -> Any:
        return self.method.known(tallies) if isinstance(self.method, PlayTheWinner) else tallies


@dataclass(frozen=True, slots=True)
class EscalationLedger(CountLedger):
    """Subjects by dose, the dose of the current cohort and its seats taken; toxicities come with each subject."""

    method: ThreePlusThree | Boin

    def memory(self, rows: State, subject: Subject) -> Any:
        """The escalation with the toxicities known at this draw."""
        row = rows.get("", {})
        doses = []
        for arm in self.arms:
            toxic, safe = subject.responses.get(arm, (0, 0))
            subjects = row.get(arm, 0)
            doses.append(Dose(subjects, toxic, subjects - toxic - safe))
        return Escalation(tuple(doses), row.get("cohort dose", 0), row.get("cohort seats", 0))

    def after(self, rows: State, subject: Subject, arm: int) -> dict[str, Row]:
        """The escalation with one more subject, whose response is awaited."""
        after = self.method.after(self.memory(rows, subject), Step(arm))
        counts = {arm: dose.subjects for arm, dose in zip(self.arms, after.doses, strict=True)}
        return {"": {**counts, "cohort dose": after.dose, "cohort seats": after.seats_taken}}


def ledger_of(method: Method[Any], arms: tuple[str, ...], factors: tuple[str, ...]) -> Ledger:
    """The ledger in which a method's memory is kept."""
    match method:
        case Counting() | Complete():
            return CountLedger(arms)
        case Minimization() | BiasedCoinMinimization():
            return MarginLedger(arms, factors)
        case HuHu():
            return ImbalanceLedger(arms, factors)
        case AtkinsonDA():
            return InformationLedger(arms, factors, method)
        case ThreePlusThree() | Boin():
            return EscalationLedger(arms, method)
        case _:
            return TallyLedger(arms, method)


def own_levels(factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """The factors as a live method sees them."""
    return tuple(Factor(factor.name, (OWN,), factor.weight) for factor in factors)


def _difference(row: Row, arms: tuple[str, ...]) -> int:
    first, second = margins.counts(row, arms)
    return first - second
