"""What a record of temperature means for the kits: figures, and a proposal by a named rule.

The proposal is the system's; the decision is a person's of quality, who knows the product's stability data.
"""

from dataclasses import dataclass
from enum import StrEnum

from irt.study.temperature import Condition
from irt.temperature.kinetic import mean_kinetic_celsius, worst_window_celsius
from irt.temperature.readings import Gap, Record


class Verdict(StrEnum):
    """What is proposed."""

    ACCEPT = "accept"
    ASK_QA = "ask_qa"
    REJECT = "reject"


class Rule(StrEnum):
    """The rule that decided, first to last as they are asked."""

    FROZEN = "frozen"
    THAWED = "thawed"
    ONE_READING = "one_reading"
    CONTRADICTORY_READINGS = "contradictory_readings"
    GAP_IN_READINGS = "gap_in_readings"
    MKT_ABOVE_LIMIT = "mkt_above_limit"
    LOW_EXCURSION = "low_excursion"
    EXCURSION_TOO_HIGH = "excursion_too_high"
    EXCURSION_TOO_LONG = "excursion_too_long"
    BUDGET_SPENT = "budget_spent"
    WITHIN_RANGE = "within_range"
    MKT_WITHIN_LIMIT = "mkt_within_limit"


VERDICTS: dict[Rule, Verdict] = {
    **dict.fromkeys((Rule.FROZEN, Rule.THAWED, Rule.MKT_ABOVE_LIMIT), Verdict.REJECT),
    **dict.fromkeys((Rule.WITHIN_RANGE, Rule.MKT_WITHIN_LIMIT), Verdict.ACCEPT),
    Rule.ONE_READING: Verdict.ASK_QA,
    Rule.CONTRADICTORY_READINGS: Verdict.ASK_QA,
    Rule.GAP_IN_READINGS: Verdict.ASK_QA,
    Rule.LOW_EXCURSION: Verdict.ASK_QA,
    Rule.EXCURSION_TOO_HIGH: Verdict.ASK_QA,
    Rule.EXCURSION_TOO_LONG: Verdict.ASK_QA,
    Rule.BUDGET_SPENT: Verdict.ASK_QA,
}

SENTENCES: dict[Rule, str] = {
    Rule.FROZEN: "A reading is at or below freezing; no mean makes good what ice has done.",
    Rule.THAWED: "A reading is above the temperature at which frozen kits thaw.",
    Rule.ONE_READING: "There is only one moment with a reading, so nothing is known of the time around it.",
    Rule.CONTRADICTORY_READINGS: "Different temperatures were read at the same moment.",
    Rule.GAP_IN_READINGS: "There are times without data, and no data is not good data.",
    Rule.MKT_ABOVE_LIMIT: "The mean kinetic temperature is above its limit.",
    Rule.LOW_EXCURSION: "A reading is below the permitted range; a mean kinetic temperature cannot make that good.",
    Rule.EXCURSION_TOO_HIGH: "A reading is above the highest excursion that a mean may make good.",
    Rule.EXCURSION_TOO_LONG: "The time above the permitted range is longer than allowed.",
    Rule.BUDGET_SPENT: "With earlier legs a kit was outside its range for longer than its stability data allow.",
    Rule.WITHIN_RANGE: "Every reading is within the label's range.",
    Rule.MKT_WITHIN_LIMIT: "Outside the label's range at times; the mean kinetic temperature is within its limit.",
}


@dataclass(frozen=True)
class Assessment:
    """The figures of one record under one condition, and the rule that decides."""

    mkt_celsius: float
    worst_window_mkt_celsius: float
    minimum_celsius: float
    maximum_celsius: float
    hours_outside: float
    gaps: tuple[Gap, ...]
    rule: Rule

    @property
    def verdict(self) -> Verdict:
        """What the rule proposes."""
        return VERDICTS[self.rule]

    @property
    def sentence(self) -> str:
        """The rule in words."""
        return SENTENCES[self.rule]


def assess(record: Record, condition: Condition) -> Assessment:
    """The figures, and the first rule that speaks: what is certain before what is not known, means last."""
    mean = mean_kinetic_celsius(record)
    worst = worst_window_celsius(record, condition.window)
    gaps = record.gaps(condition.window)
    return Assessment(
        mkt_celsius=mean,
        worst_window_mkt_celsius=worst,
        minimum_celsius=record.minimum,
        maximum_celsius=record.maximum,
        hours_outside=record.hours_outside(condition.low, condition.high),
        gaps=gaps,
        rule=(
            _spoilt(record, condition)
            or _unknown(record, gaps)
            or _too_warm(max(mean, worst), condition)
            or _excursion(record, condition)
        ),
    )


def _spoilt(record: Record, condition: Condition) -> Rule | None:
    """Ice that must not be, or ice that is gone."""
    if condition.freezes_at is not None and record.minimum <= condition.freezes_at:
        return Rule.FROZEN
    if condition.thaws_above is not None and record.maximum > condition.thaws_above:
        return Rule.THAWED
    return None


def _unknown(record: Record, gaps: tuple[Gap, ...]) -> Rule | None:
    """What the logger does not tell."""
    if not any(record.durations):
        return Rule.ONE_READING
    if record.contradictions:
        return Rule.CONTRADICTORY_READINGS
    return Rule.GAP_IN_READINGS if gaps else None


def _too_warm(mean: float, condition: Condition) -> Rule | None:
    return Rule.MKT_ABOVE_LIMIT if mean > condition.mkt_max else None


def _excursion(record: Record, condition: Condition) -> Rule:
    """Low excursions first: nothing that follows may rescue them."""
    if record.minimum < condition.permitted_low:
        return Rule.LOW_EXCURSION
    if record.maximum > condition.excursion_high:
        return Rule.EXCURSION_TOO_HIGH
    above = record.hours_outside(condition.permitted_low, condition.permitted_high)
    if above > condition.excursion_hours_max:
        return Rule.EXCURSION_TOO_LONG
    within = condition.low <= record.minimum and record.maximum <= condition.high
    return Rule.WITHIN_RANGE if within else Rule.MKT_WITHIN_LIMIT
