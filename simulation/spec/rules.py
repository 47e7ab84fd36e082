"""What a scenario must not contradict: codes it names, and what of a study can be played."""

from collections.abc import Iterator

from irt.errors import BadInput
from irt.study.randomization_plan import Listed, OpenCohort, OtherDesign
from irt.study.schedule import NoTreatmentLength, treatment_days
from irt.study.sites import sites_of
from simulation.spec.begun import Begun
from simulation.spec.scenario import Scenario


class UnusableScenario(BadInput):
    """The scenario names what its study does not have, or a study that cannot be played."""


def require_sound(scenario: Scenario) -> None:
    """UnusableScenario with the first thing that does not fit."""
    for sentence in _faults(scenario):
        raise UnusableScenario(f"Scenario {scenario.name}: {sentence}")


def _faults(scenario: Scenario) -> Iterator[str]:
    yield from _unknown_codes(scenario)
    yield from _doses_not_allowed(scenario)
    yield from _not_played(scenario)
    yield from _no_treatment_length(scenario)


def _unknown_codes(scenario: Scenario) -> Iterator[str]:
    definition = scenario.definition
    known = {
        "kit type": {kit_type.code for kit_type in definition.kit_types},
        "depot": {depot.code for depot in definition.depots},
        "site": {site.number for site in sites_of(definition, scenario.size)},
        "country": {country.code for country in definition.countries},
        "arm": {arm.code for arm in definition.arms},
        "dose level": {level.code for level in definition.dose_levels},
        "lot": {lot.lot for lot in scenario.supply.lots} | {lot.lot for lot in scenario.supply.site_stock},
    }
    if not known["site"]:
        yield f"the study has no sites at size {scenario.size}."
    known["site or depot"] = known["site"] | known["depot"]
    if scenario.begun is not None:
        known["lot"] |= {goods.lot for one in scenario.begun.on_the_road for goods in one.goods}
    known["lot"] |= {lot.blinded_lot for size in definition.sizes.values() for lot in size.lots}
    for what, code in _named(scenario):
        if code not in known[what]:
            yield f"there is no {what} {code}."


def _named(scenario: Scenario) -> Iterator[tuple[str, str]]:
    supply = scenario.supply
    for lot in supply.lots:
        yield "kit type", lot.kit_type
        yield "depot", lot.depot
        yield from (("country", code) for code in lot.countries)
    for stock in supply.site_stock:
        yield "kit type", stock.kit_type
        yield from (("site", number) for number in stock.sites)
    for demand in scenario.demand:
        yield "kit type", demand.kit_type
        yield from (("site", number) for number in demand.sites)
    if scenario.enrolment is not None:
        yield from (("country", code) for code in scenario.enrolment.countries)
        yield from (("site", number) for number in scenario.enrolment.site_rates)
        yield from (("site", number) for number in scenario.enrolment.site_rate_laws)
    if scenario.begun is not None:
        yield from _named_under_way(scenario.begun)
    for fault in scenario.faults:
        match fault.fault:
            case "recall":
                yield "lot", fault.lot
            case "lot_release_delay" if fault.lot is not None:
                yield "lot", fault.lot
            case "depot_outage":
                yield "depot", fault.depot
            case "site_closure":
                yield from (("site", number) for number in fault.sites)
            case "enrolment_change":
                yield from (("country", code) for code in fault.countries)


def _named_under_way(begun: Begun) -> Iterator[tuple[str, str]]:
    yield from (("site", site.site) for site in begun.sites)
    for subject in begun.subjects:
        yield "arm", subject.arm
        if subject.level is not None:
            yield "dose level", subject.level
    for consignment in begun.on_the_road:
        yield "site or depot", consignment.target
        for goods in consignment.goods:
            yield "kit type", goods.kit_type
            yield from (("country", code) for code in goods.countries)


def _doses_not_allowed(scenario: Scenario) -> Iterator[str]:
    """Dose levels that nobody could be put on, and moves that the service would refuse."""
    definition, subjects = scenario.definition, scenario.subjects
    allowed = {(move.origin, move.target) for move in definition.titration}
    for move in subjects.titration:
        if (move.origin, move.target) not in allowed:
            yield f"the study does not let the dose go from {move.origin} to {move.target}."
    first = {level.code for level in definition.dose_levels if level.initial}
    for level in subjects.initial_levels:
        if level not in first:
            yield f"{level} is no dose level of the study to start on."


def _not_played(scenario: Scenario) -> Iterator[str]:
    definition = scenario.definition
    plan = definition.randomization
    if isinstance(plan, Listed | OpenCohort):
        yield f"randomization by {plan.method} is not played: name the design that the list or cohorts stand for."
    if isinstance(plan, OtherDesign) and plan.learns:
        yield f"randomization by {plan.method} looks at responses, and a scenario has none."
    if definition.later_randomizations:
        yield "a study with later randomizations is not played."
    if any(site.satellite_of for site in definition.sites):
        yield "a study with satellite sites is not played."
    if any(visit.dispenses and visit.anchor != "randomization" for visit in definition.visits):
        yield "kits given before randomization are not played."
    if definition.delivery is not None and scenario.supply.shortage.rule == "waits":
        yield "visits whose kits go home do not wait for kits: say that they are lost."


def _no_treatment_length(scenario: Scenario) -> Iterator[str]:
    """Kits last until the next dispensing visit; without one nobody knows for how long. Study files are checked."""
    for visit in scenario.definition.visits:
        last = (visit.repeat.times or 1) - 1 if visit.repeat else 0
        try:
            if visit.dispenses:
                treatment_days(scenario.definition, visit.code, last)
        except NoTreatmentLength:
            yield f"no dispensing visit follows the last {visit.code}: give its treatment_days."
