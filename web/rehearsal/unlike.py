"""What a scenario may hold that services cannot be asked to do, and the study as services are given it."""

from collections.abc import Iterator

from irt.errors import BadInput
from irt.study.definition import StudyDefinition
from irt.study.dispensing_schedule import second_check_visits
from irt.study.network import Lot, Size
from simulation.network import LotRow, Places
from simulation.spec.scenario import Scenario


class NotRehearsed(BadInput):
    """The scenario has something for which there is no service."""


def require_alike(scenario: Scenario, places: Places) -> None:
    """NotRehearsed with the first thing of a scenario that has no counterpart in the services."""
    for what in _unlike(scenario, places):
        raise NotRehearsed(f"Scenario {scenario.name}: {what}. Nothing was rehearsed.")


def _unlike(scenario: Scenario, places: Places) -> Iterator[str]:
    supply, definition = scenario.supply, scenario.definition
    if scenario.demand or scenario.enrolment is None:
        yield "requests of no subject have no service"
    if supply.site_stock:
        yield "kits that lie at sites when they open came by no service"
    if supply.review == "every_request":
        yield "services review stock at night, not at every request"
    if supply.shortage.rule == "waits":
        yield "services keep no list of those who wait for kits"
    if len({(row.lot, row.released_day) for row in places.lots}) > len({row.lot for row in places.lots}):
        yield "a lot is released as a whole, and here its parts come on different days"
    if len({(row.lot, row.countries) for row in places.lots}) > len({row.lot for row in places.lots}):
        yield "a lot is approved as a whole, and here its parts go to different countries"
    if scenario.begun is not None:
        yield "a trial under way has a past of its own"
    yield from _asked_of_people(definition)
    yield from _weighed(definition)
    if definition.delivery is not None and any(fault.fault == "recall" for fault in scenario.faults):
        yield "services stop parcels to homes whose lot is recalled"
    if any(kit_type.label_groups for kit_type in definition.kit_types):
        yield "kits with labels of their own are all alike in a scenario"
    if definition.import_licences:
        yield "a scenario knows no import licences"
    if scenario.subjects.replacement_chance and any(
        need.quantity > 1 for rule in definition.dispensing for need in rule.kits
    ):
        yield "an unscheduled visit gives all kits of its visit again, a replacement one of each type"


def _weighed(definition: StudyDefinition) -> Iterator[str]:
    """What is unlike where doses follow weight."""
    if second_check_visits(definition):
        yield "a scenario does not tell who types a weight again"
    doses = [rule.by_weight for rule in definition.dispensing if rule.by_weight]
    if len({(dose.weight_kg_min, dose.weight_kg_max) for dose in doses}) > 1:
        yield "weights beyond what an arm has a dose for differ by arm"


def _asked_of_people(definition: StudyDefinition) -> Iterator[str]:
    """What a study asks of people and a scenario does not tell."""
    if definition.screening.run_in_days:
        yield "a scenario does not tell when a run-in begins"
    if definition.caps:
        yield "the study's own caps are not a scenario's"
    if definition.conduct.order_required:
        yield "a scenario does not tell who signs orders"
    if definition.labels.just_in_time or definition.release_routes:
        yield "a scenario does not tell who labels kits or signs the steps of a release"


def study_for(scenario: Scenario, places: Places) -> StudyDefinition:
    """The study with the scenario's lots, all of its places on the scenario's clock."""
    definition = scenario.definition
    size = definition.sizes.get(scenario.size) or Size(planned_subjects=1)
    lots = tuple(_lot(place, row, places) for place, row in enumerate(places.lots))
    countries = tuple(one.model_copy(update={"zone": "UTC"}) for one in definition.countries)
    sites = tuple(one.model_copy(update={"zone": None}) for one in definition.sites)
    sizes = {**definition.sizes, scenario.size: size.model_copy(update={"lots": lots})}
    return definition.model_copy(update={"countries": countries, "sites": sites, "sizes": sizes})


def _lot(place: int, row: LotRow, places: Places) -> Lot:
    return Lot(
        lot=f"{row.lot}-{place}",
        blinded_lot=row.lot,
        kit_type=row.kit_type,
        kits=row.kits,
        expiry=places.date_of(row.expiry_day),
        released=places.date_of(row.released_day),
        depot=row.depot or "",
    )
