"""What is typed beside a plan to ask for advice, as changes of inputs and as terms of packing."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from irt.errors import BadInput
from optimization.campaigns.from_problem import Terms
from web.blinded.typed import whole_in

INPUTS: Mapping[str, tuple[str, str]] = {
    "demand": ("Kits wanted at a site", "demand.{}.qty"),
    "transit": ("Days on a lane", "lanes.{}.transit_days"),
    "journey": ("Price of a journey on a lane, cents", "lanes.{}.fixed_cost"),
    "kit": ("Price of a kit on a lane, cents", "lanes.{}.kit_cost"),
    "box": ("Price of a shipper, cents", "shippers.{}.cost"),
    "room": ("Room in a store, by site or depot", "nodes.{}.capacity"),
    "expiry": ("Expiry of a lot, day", "lots.{}.expiry_day"),
    "lot": ("Kits of a lot at the central depot", "supply.*.{}.qty"),
    "stock": ("Kits at a site or regional depot", "initial_stock.{}.qty"),
    "licence": ("First day of an import licence, by country", "import_licences.{}.from_day"),
    "licensed": ("Kits an import licence allows, by country", "import_licences.{}.max_kits"),
    "unit": ("Price of a kit type, cents", "kit_types.{}.unit_cost"),
    "unmet": ("Price of a missed kit, cents", "costs.unmet_per_kit"),
    "shelf": ("Price of a night at a site, cents", "costs.hold_cents_per_kit_day.site"),
}
"""Inputs by a short word: what they are called, and their path with a place for what is meant."""
HOW = {"=": "becomes", "*=": "times", "+=": "plus", "-=": "minus"}
CAMPAIGN_FIELDS = (
    ("weeks", "Weeks to look ahead", "52", "After the plan’s end its last eight weeks go on."),
    ("every", "A campaign every so many weeks", "4", ""),
    ("lead", "Days from packing to release", "56", ""),
    ("setup", "Cost of a campaign", "25000", "For all kit types packed in it."),
    ("type_setup", "Cost of changing to a kit type", "0", ""),
    ("minimum", "Least number of kits of a type", "1", ""),
    ("rounding", "Packed in multiples of", "1", ""),
    ("shelf", "Shelf life at release, days", "365", ""),
    ("overage", "Cost of destroying a kit", "0", ""),
    ("service", "Service level, percent", "98", "The chance that kits last up to any one day."),
    ("spread", "Uncertainty of the rate, percent", "15", "Standard deviation to mean of all demand."),
)
"""Fields of the form: name, label, what stands there first, and what helps."""


def cases_in(typed: Mapping[str, str]) -> dict[str, list[str]]:
    """The changes by case: the one that was chosen, then those typed line by line; a line with a colon at its end
    begins a case."""
    cases: dict[str, list[str]] = {}
    name = typed.get("name", "").strip() or "changed"
    if typed.get("value", "").strip():
        cases[name] = [_chosen(typed)]
    for line in filter(None, map(str.strip, typed.get("more", "").splitlines())):
        if line.endswith(":"):
            name = line[:-1].strip() or name
        else:
            cases.setdefault(name, []).append(line)
    return cases


def _chosen(typed: Mapping[str, str]) -> str:
    code, how = typed.get("input", ""), typed.get("how", "")
    if code not in INPUTS or how not in HOW:
        raise BadInput("Say which input changes, and how. Nothing was started. Choose from the lists.")
    which = typed.get("which", "").strip() or "*"
    named = f'"{which}"' if "." in which else which
    return f"{INPUTS[code][1].format(named)}{how}{typed['value'].strip()}"


def terms_in(typed: Mapping[str, str]) -> Terms:
    """The terms of packing; money is typed in whole units and cents."""
    return Terms(
        weeks=_between(typed, "weeks", 1, 520),
        every_weeks=_between(typed, "every", 1, 104),
        lead_time_days=_between(typed, "lead", 0, 1_000),
        setup_cents=_cents(typed, "setup"),
        type_setup_cents=_cents(typed, "type_setup"),
        minimum_kits=_between(typed, "minimum", 1, 100_000),
        rounding_kits=_between(typed, "rounding", 1, 100_000),
        shelf_life_days=_between(typed, "shelf", 1, 5_000),
        overage_cents=_cents(typed, "overage"),
        service_level=_share(typed, "service"),
        rate_spread=_share(typed, "spread"),
    )


def whole_field(typed: Mapping[str, str], name: str) -> int:
    """A whole number of a form."""
    return whole_in(typed.get(name, ""), _label(name))


def _between(typed: Mapping[str, str], name: str, least: int, most: int) -> int:
    number = whole_field(typed, name)
    if not least <= number <= most:
        raise BadInput(f"{_label(name)}: {number} is not between {least} and {most:,}. Nothing was started.")
    return number


def _cents(typed: Mapping[str, str], name: str) -> int:
    return int((_decimal(typed, name, 10**6) * 100).to_integral_value())


def _share(typed: Mapping[str, str], name: str) -> float:
    return float(_decimal(typed, name, 200) / 100)


def _decimal(typed: Mapping[str, str], name: str, most: int) -> Decimal:
    written = typed.get(name, "").strip().replace(",", ".")
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= most:
        raise BadInput(f"{_label(name)}: '{written}' is no number from 0 to {most:,}. Nothing was started.")
    return number


def _label(name: str) -> str:
    return {"forecast": "New subjects", **{field: label for field, label, _, _ in CAMPAIGN_FIELDS}}.get(name, name)
