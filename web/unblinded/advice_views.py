"""What the pages of advice beside a plan are made from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from irt.blinding.views import UnblindedView
from irt.reads.unblinded_advice import Advice, AdviceLine
from optimization.story.comparison import COMPONENT_WORDS, MeasureRow, Unit
from web.blinded.desk import Desk
from web.unblinded.advice_sheets import day_after, sheets_of
from web.unblinded.open_plan import OpenPlan
from web.unblinded.plan_views import PlanHead, head_of

PACKING_WORDS = {
    "campaigns": "Campaigns",
    "setups": "Changes of kit type",
    "kits": "Kits",
    "holding": "Holding",
    "overage": "Kits left over",
    "unmet": "Kits missing",
}
LOTS_DRAWN = 12


@dataclass(frozen=True)
class AdviceFormsView(UnblindedView):
    """What may be asked beside a plan, and what was."""

    head: PlanHead
    lines: Sequence[AdviceLine]
    inputs: Sequence[tuple[str, str]]
    hows: Sequence[tuple[str, str]]
    fields: Sequence[tuple[str, str, str, str]]
    forecasts: Sequence[tuple[str, str]]
    keys: Mapping[str, str]
    refused: str
    typed: Mapping[str, str]

    def value(self, form: str, name: str, first: str = "") -> str:
        """What stands in a field: what was typed where this form was refused."""
        return self.typed.get(name, first) if form == self.refused else first


@dataclass(frozen=True)
class AnswerView(UnblindedView):
    """One question with its answer, and its tables to take away."""

    head: PlanHead
    advice: Advice
    sheets: Sequence[tuple[str, str]]
    start: date

    @property
    def told(self) -> Mapping[str, Any]:
        """The answer."""
        return self.advice.result or {}

    def day(self, number: int | None) -> date | None:
        """The calendar day of a day of the plan."""
        return day_after(self.start, number)

    @property
    def rows(self) -> Sequence[MeasureRow]:
        """Measures of all cases, the plan as it is first."""
        return [
            MeasureRow(row["group"], row["measure"], Unit(row["unit"]), tuple(row["values"]))
            for row in self.told["measures"]
        ]

    @property
    def splits(self) -> Sequence[tuple[str, Sequence[float]]]:
        """The cost of each case by component, in whole units of money."""
        costs = [row for row in self.rows if row.group == "Cost"]
        return [
            (name, [(row.values[at] or 0) / 100 for row in costs]) for at, name in enumerate(self.told["names"])
        ]

    @property
    def parts(self) -> Sequence[str]:
        """What costs are made of."""
        return list(COMPONENT_WORDS.values())

    @property
    def differences(self) -> Sequence[tuple[str, Sequence[float]]]:
        """Each component with what each case costs more, in percent of the cost as it is."""
        costs = [row for row in self.rows if row.group == "Cost" or row.measure == "Total cost"]
        whole = self.told["base"]["cost"] or 1
        return [(row.measure, [_percent(value, row.values[0], whole) for value in row.values[1:]]) for row in costs]

    @property
    def widest(self) -> float:
        """The largest difference."""
        return max((abs(each) for _, row in self.differences for each in row), default=1.0) or 1.0

    @property
    def savings(self) -> tuple[Sequence[str], Sequence[float]]:
        """The most valuable lots by their place in the table, and what each saves."""
        planned = [row["saving"] / 100 for row in self.told["lots"] if row["saving"]][:LOTS_DRAWN]
        return [str(place) for place in range(1, len(planned) + 1)], planned

    @property
    def months(self) -> Sequence[tuple[str, float, float]]:
        """Kits by the month in which they expire: used, left over."""
        told: dict[date, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for lot in self.told["lots"]:
            month = told[date.fromisoformat(lot["expiry"]).replace(day=1)]
            month[0] += round(lot["used"], 1)
            month[1] += round(lot["overage"], 1)
        return [(f"{month:%b %y}", round(used, 1), round(left, 1)) for month, (used, left) in sorted(told.items())]

    @property
    def packing_costs(self) -> Sequence[tuple[str, float]]:
        """What packing costs by component, in whole units of money."""
        costs = self.told["cost_by_component"]
        return [(words, costs[name] / 100) for name, words in PACKING_WORDS.items()]


def answer_view(desk: Desk, opened: OpenPlan, advice: Advice) -> AnswerView:
    """The answer for the reader at the desk."""
    start = opened.problem.start
    sheets = tuple((code, words) for code, (words, _) in sheets_of(advice, start).items())
    return AnswerView(head_of(desk, opened), advice, sheets, start)


def _percent(value: float | None, base: float | None, whole: int) -> float:
    """The difference in percent: whole ones where there are ten or more."""
    percent = 100 * ((value or 0) - (base or 0)) / whole
    return round(percent, 0 if abs(percent) >= 10 else 1)
