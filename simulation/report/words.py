"""Measures in a few words each, as plots and tables of a report name them."""

from simulation.analysis.limits import Figure, Limit

WORDS: dict[str, str] = {
    "missed_by_system_outage": "system out",
    "missed_by_window": "too near expiry",
    "missed_by_recall": "recalled",
    "missed_by_network": "nothing left anywhere",
    "missed_by_first_shipment": "first shipment late",
    "missed_by_road": "still on the way",
    "missed_by_depot": "depot short",
    "missed_by_level": "ordered too late",
    "wasted_expired_at_sites": "expired at sites",
    "wasted_expired_at_depots": "expired at depots",
    "wasted_recalled": "recalled",
    "wasted_lost": "lost on the way",
    "wasted_spoiled": "spoiled on the way",
    "wasted_at_closed_sites": "at closed sites",
    "left_at_sites": "left at sites",
    "left_at_depots": "left at depots",
    "left_on_the_way": "left on the way",
    "missed": "visits missed",
    "missed_out_of_stock": "visits missed, out of stock",
    "missed_kits_elsewhere": "visits missed, kits elsewhere",
    "cost_total": "cost",
    "kits_made": "kits made",
    "kits_shipped": "kits shipped to sites",
    "kits_at_sites": "kits at all sites",
    "kits_at_depots": "kits at all depots",
    "kits_on_the_way": "kits on their way",
    "shipments": "consignments to sites",
    "randomized": "subjects randomized",
    "completion_day": "day the target was reached",
}
CENTS = "cost_"
"""Measures that begin so are cents."""


def words_of(measure: str) -> str:
    """The measure for the eye."""
    return WORDS.get(measure, measure.replace("_", " "))


def limit_words(limit: Limit) -> str:
    """What of a measure is held below the limit."""
    measure = words_of(limit.measure)
    match limit.figure:
        case Figure.PER:
            return f"{measure} per {words_of(limit.per or '').removesuffix('s')}"
        case Figure.ANY:
            return f"chance that a trial has any: {measure}"
        case Figure.MEAN:
            return f"mean of a trial: {measure}"
        case Figure.QUANTILE:
            return f"{measure}, in {100 * (limit.share or 0):g} % of trials at most"
