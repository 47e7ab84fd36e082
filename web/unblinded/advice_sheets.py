"""What of an advice may be taken away as a table: the same that its page shows."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from irt.reads.unblinded_advice import Advice
from irt.states.plan import AdviceKind
from optimization.story.plan_sheet import Sheet

Sheets = dict[str, tuple[str, Sheet]]
"""Tables by the word in their button: what they are called, and their rows. Money is in cents."""


def sheets_of(advice: Advice, start: date) -> Sheets:
    """The tables of an answer; none where there is no answer."""
    result = advice.result
    if result is None or advice.refusal:
        return {}
    match advice.line.kind:
        case AdviceKind.WHAT_IF:
            return _what_if(result, start)
        case AdviceKind.EXPIRY_VALUE:
            return {"lots": ("Lots", _lots(result, start))}
        case AdviceKind.CAMPAIGNS:
            return _campaigns(result)


def _what_if(result: Mapping[str, Any], start: date) -> Sheets:
    measures = [(row["group"], row["measure"], row["unit"], *row["values"]) for row in result["measures"]]
    cases = [
        (case["name"], "; ".join(change["set"] for change in case["changes"]),
         *(case[name] for name in ("cost", "bound", "difference", "at_least", "at_most")))
        for case in result["cases"]
    ]  # fmt: skip
    changes = [
        (case["name"], one["kind"], one["lane"], one["from"], one["to"], one["temp"], *_days(one, start),
         one["kits_before"], one["kits_after"], one["cents"])
        for case in result["cases"]
        for one in case["consignments"]
    ]  # fmt: skip
    return {
        "measures": ("Measures", Sheet(("Group", "Measure", "Unit", *result["names"]), tuple(measures))),
        "cases": ("Cases", Sheet(_CASE_HEADS, tuple(cases))),
        "consignments": ("Consignments that change", Sheet(_CHANGE_HEADS, tuple(changes))),
    }


_CASE_HEADS = ("Case", "Changes", "Cost", "Bound", "Difference", "Proven at least", "Proven at most")
_CHANGE_HEADS = ("Case", "Change", "Lane", "From", "To", "Class", "Left before", "Leaves now", "Kits before",
                 "Kits now", "Journey")  # fmt: skip


def _days(one: Mapping[str, Any], start: date) -> tuple[date | None, date | None]:
    return day_after(start, one["day_before"]), day_after(start, one["day_after"])


def day_after(start: date, day: int | None) -> date | None:
    """The calendar day of a day of the plan."""
    return None if day is None else start + timedelta(days=day)


def _lots(result: Mapping[str, Any], start: date) -> Sheet:
    rows = [
        (row["lot"], row["kit"], day_after(start, row["last_day"]), row["touched"]["supplied"],
         row["touched"]["wasted"], row["saving"], row["at_least"], row["at_most"],
         day_after(start, row["decide_by"]))
        for row in result["lots"]
    ]  # fmt: skip
    heads = ("Lot", "Kit type", "Expiry date", "Kits", "Wasted", "Saves", "Proven at least", "Proven at most",
             "Decide by")  # fmt: skip
    return Sheet(heads, tuple(rows))


def _campaigns(result: Mapping[str, Any]) -> Sheets:
    packed = [
        (row["date"], row["released"], kits["kit"], kits["kits"], kits["expiry"])
        for row in result["campaigns"]
        for kits in row["kits"]
    ]
    lots = [
        tuple(row[name] for name in ("kit", "released", "expiry", "kits", "used", "overage"))
        for row in result["lots"]
    ]
    costs = tuple(result["cost_by_component"].items())
    return {
        "campaigns": ("Campaigns", Sheet(("Packed", "Released", "Kit type", "Kits", "Expiry"), tuple(packed))),
        "lots": ("Lots", Sheet(("Kit type", "Released", "Expiry", "Kits", "Used", "Left over"), tuple(lots))),
        "costs": ("Costs", Sheet(("Paid for", "Cents"), costs)),
    }
