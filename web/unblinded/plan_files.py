"""What of a plan may be taken away as a table, each as the page shows it: small sites by blinding group."""

from collections.abc import Callable
from itertools import groupby

from optimization.story.carbon import carbon_by_lane
from optimization.story.cost_table import costs_by_class, costs_by_depot, costs_by_lane
from optimization.story.expiry_waterfall import expiry_waterfall, waste_by_lot
from optimization.story.plan_sheet import Cell, Sheet, consignment_sheet, cost_sheet, stock_sheet
from optimization.story.stock_book import stock_book
from optimization.story.stock_projection import projection_of
from web.unblinded.open_plan import OpenPlan


def _consignments(opened: OpenPlan) -> Sheet:
    """Line by line; where too few subjects are, one line for each blinding group, without its lots."""
    sheet = consignment_sheet(opened.problem, opened.plan)
    rows: list[tuple[Cell, ...]] = []
    for journey, lines in groupby(sheet.rows, key=lambda row: row[:7]):
        place, each = str(journey[4]), list(lines)
        if place in opened.small:
            kits = opened.kits_named(place, ((str(row[8]), int(str(row[9]))) for row in each))
            rows += [(*journey, "", name, number) for name, number in kits]
        else:
            rows += each
    return Sheet(sheet.heads, tuple(rows))


def _stock(opened: OpenPlan) -> Sheet:
    """Every place, by the names that kits have there."""
    book = stock_book(opened.problem, opened.plan)
    told = (
        (opened.place_words(place), name, projection_of(opened.problem, book, place, kits))
        for place in sorted(opened.problem.nodes)
        for name, kits in opened.choices(place).items()
    )
    return stock_sheet(opened.problem, told)


def _expiry(opened: OpenPlan) -> Sheet:
    months = expiry_waterfall(opened.problem, opened.plan)
    rows = [(one.month, one.used, one.wasted_at_sites, one.wasted_at_depots, one.left_at_depots) for one in months]
    return Sheet(("Month", "Used", "Wasted at sites", "Wasted at depots", "Good at the end"), tuple(rows))


def _wasted(opened: OpenPlan) -> Sheet:
    rows = [
        (
            one.lot,
            one.kit,
            one.last_day,
            one.month,
            one.expired_at_sites,
            one.expired_at_depots,
            one.left_at_sites,
            one.cents,
        )
        for one in waste_by_lot(opened.problem, opened.plan)
    ]
    heads = (
        "Lot",
        "Kit type",
        "Last day",
        "Month",
        "Expired at sites",
        "Expired at depots",
        "Left at sites",
        "Cents",
    )
    return Sheet(heads, tuple(rows))


def _carbon(opened: OpenPlan) -> Sheet:
    lanes = carbon_by_lane(opened.problem, opened.plan, opened.factors)
    rows = [(one.lane, one.consignments, one.kits, one.grams / 1000) for one in lanes]
    return Sheet(("Lane", "Consignments", "Kits", f"kg CO2e ({opened.factors.words})"), tuple(rows))


SHEETS: dict[str, tuple[str, Callable[[OpenPlan], Sheet]]] = {
    "consignments": ("Consignments", _consignments),
    "lanes": ("Costs by lane", lambda opened: cost_sheet("Lane", costs_by_lane(opened.problem, opened.plan))),
    "depots": ("Costs by depot", lambda opened: cost_sheet("Depot", costs_by_depot(opened.problem, opened.plan))),
    "classes": ("Costs by class", lambda opened: cost_sheet("Class", costs_by_class(opened.problem, opened.plan))),
    "stock": ("Stock by day", _stock),
    "expiry": ("Expiry", _expiry),
    "waste": ("Waste by lot", _wasted),
    "carbon": ("Carbon by lane", _carbon),
}
"""Tables by the word in their button: what they are called, and how they are made."""
