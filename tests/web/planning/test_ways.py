"""A live study with depots in a row, a courier and a licence that opens later: planned, signed and shipped."""

from datetime import timedelta

import pytest

from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.study.network import Depot, ImportLicence, Lane
from irt.study.planning import Way
from irt.tables.plan import PlannedConsignment
from irt.tables.shipment import Shipment
from tests.builders_plan import approved
from tests.builders_supply import DAY, SupplyHouse, the_lipid_study
from tests.web.planning.test_run import HORIZON_DAYS, a_run, live, worked

COURIER = Way(code="COURIER", origin="NLD", target="GB", lead_time_days=1, consignment_cents=90_000)


def a_chain(*licences: ImportLicence) -> StudyDefinition:
    """The lipid study with British sites behind a British depot behind the American one, and a courier."""
    study = the_lipid_study()
    british = Depot(code="GBR", name="British depot", country="GB", zone="Europe/London", supplied_by="USA")
    lanes = (
        Lane(origin="USA", target="GBR", lead_time_days=2),
        Lane(origin="GBR", target="GB", lead_time_days=1),
    )
    countries = tuple(
        country.model_copy(update={"depot": "GBR"}) if country.code == "GB" else country
        for country in study.countries
    )
    planning = study.resupply.planning.model_copy(update={"ways": (COURIER,), "horizon_days": HORIZON_DAYS})
    facts = {
        "depots": (*study.depots, british),
        "lanes": (*study.lanes, *lanes),
        "countries": countries,
        "import_licences": licences,
        "resupply": study.resupply.model_copy(update={"planning": planning}),
    }
    return study.model_copy(update=facts)


def stocked(store: Store, definition: StudyDefinition) -> SupplyHouse:
    """Kits in the Netherlands, and two empty British sites."""
    house = SupplyHouse.of(store, definition)
    house.load()
    house.sites(2)
    return house


@pytest.fixture
def house(sqlite_store: Store) -> SupplyHouse:
    """The chain without licences."""
    return stocked(sqlite_store, a_chain())


def test_every_depot_of_the_row_and_the_courier_are_in_the_problem(house: SupplyHouse) -> None:
    """From the Netherlands to America, on to Britain and to the sites; or straight there."""
    lanes = live(house).problem.lanes
    british = sorted(lane for lane in lanes if lane.startswith("USA>GB") or ">1001" in lane)
    assert british == ["GBR>1001", "NLD>1001 COURIER", "USA>GBR"]
    assert "NLD>USA" in lanes


def test_what_goes_by_courier_is_an_ordinary_shipment(house: SupplyHouse) -> None:
    """The sites are empty and the row of depots is long: the courier leaves today, from another depot."""
    plan = worked(house, a_run(house)).kept.plan
    shipped = approved(house, plan)
    assert shipped.shipments
    rows = house.rows(Shipment)
    assert all(row["expected_on"] == row["dispatch_on"] + timedelta(days=1) for row in rows)
    planned = house.rows(PlannedConsignment, plan_id=1)
    assert {row["origin"] for row in planned if row["lane"].endswith(" COURIER")} == {"NLD"}


def test_a_country_waits_for_its_licence(sqlite_store: Store) -> None:
    """A licence from in ten days: nothing of the problem enters Britain before it may leave."""
    opens = DAY + timedelta(days=10)
    licence = ImportLicence(country="GB", number="IL-1", valid_from=opens, valid_until=opens + timedelta(days=90))
    told = live(stocked(sqlite_store, a_chain(licence)))
    first = {one.from_day for one in told.problem.licences.values() if one.country == "GB"}
    assert told.days.date_of(min(first)) >= opens
    assert told.problem.lanes["NLD>1001 COURIER"].temps
