"""What a depot sends to homes is need of the depot: sites are not supplied for it, by whichever rule."""

from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.reads.regional import regional_view
from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.foresee_orders import orders_by_look, orders_by_type
from irt.services.foresee_sites import Amendment
from irt.services.propose_changes import ProposeSiteDetails, propose_site_details
from irt.services.store import Store
from irt.services.work import Work
from irt.study.course import KitsOf
from irt.study.definition import StudyDefinition
from irt.study.network import HOME, Lane
from irt.supply.planner import SiteView
from irt.tables.kit import Kit
from irt.tables.secret import ShipmentCalculation
from irt.tables.shipment import Shipment
from irt.tables.study import Depot
from tests.builders_homes import opened, sending_home
from tests.builders_trial import FIRST_SITE, SECOND_SITE, Trial
from tests.irt.services.test_imports import house_time


def seen(trial: Trial, ahead_days: int = 0) -> dict[str, SiteView]:
    """Sites, homes and depots as planners see them, by name."""
    asking = Asking(trial.study_id, trial.definition, trial.day, house_time(trial), ahead_days=ahead_days)
    with trial.store.reading() as connection:
        network = network_view(connection, asking)
        regional = regional_view(connection, asking, network)
    return {place.number: place for place in (*network.sites, *network.homes, *regional.sites)}


def elsewhere() -> StudyDefinition:
    """The American site is supplied by the European depot, which reaches homes too and lies nearer to them."""
    study = sending_home()
    first, *others = study.sites
    sites = (first.model_copy(update={"depot": "NLD"}), *others)
    lanes = (Lane(origin="NLD", target=HOME, lead_time_days=2), Lane(origin="NLD", target="US", lead_time_days=4))
    return study.model_copy(update={"sites": sites, "lanes": (*study.lanes, *lanes)})


def by_day(need: Mapping[str, Any], first: date) -> dict[int, int]:
    """Kits of all types by days from then."""
    kits: Counter[int] = Counter()
    for dated in need.values():
        for on_day, number in dated:
            kits[(on_day - first).days] += number
    return dict(kits)


def test_each_place_is_asked_for_what_it_gives(sqlite_store: Store) -> None:
    """Weeks 4 and 12 are the homes' in America and the site's in Britain; the depot has to send all that lacks."""
    trial = opened(sqlite_store, sending_home())
    trial.randomized(FIRST_SITE)
    trial.randomized(SECOND_SITE)
    places = seen(trial)
    american, british, homes = places[FIRST_SITE], places[SECOND_SITE], places["homes US"]
    assert (american.kits_of, british.kits_of) == (KitsOf.AT_SITE, KitsOf.EVERY_VISIT)
    assert by_day(american.expected_need, trial.day) == {0: 2}
    assert by_day(british.expected_need, trial.day) == {0: 2, 25: 4, 77: 6}
    assert by_day(homes.expected_need, trial.day) == {25: 4, 77: 6}
    assert (homes.depot, homes.lead_time_days, homes.stock) == ("USA", 3, ())
    depot = places["USA"]
    assert by_day(depot.expected_need, trial.day) == {25: 4, 77: 6}, "what lies at the site covers Day 1"
    assert [one.number for one in depot.serves] == [FIRST_SITE, f"homes {FIRST_SITE}"]


def test_the_night_that_predicts_supplies_the_depot_for_homes(sqlite_store: Store) -> None:
    """An American site is to have Day 1 alone, also of one in screening; its depot all three visits."""
    trial = opened(sqlite_store, sending_home())
    for _ in range(4):
        trial.randomized(FIRST_SITE)
    trial.screen(FIRST_SITE)
    trial.resupply()
    told = {row["shipment_id"]: row["trace"]["kit_types"] for row in trial.rows(ShipmentCalculation)}
    to_site, to_depot = (row for row in trial.rows(Shipment) if row["status"] == "requested")
    assert to_site["site_id"] == trial.site_id(FIRST_SITE)
    at_site, at_depot = told[to_site["id"]], told[to_depot["id"]]
    assert all(one["need_to_reach"] == one["need_to_trigger"] for one in at_site.values())
    assert sum(one["need_to_reach"] for one in at_site.values()) == 4 * 2 + 2 * 3
    assert sum(one["need_to_reach"] for one in at_depot.values()) == 4 * (4 + 6) + 2 * (3 + 6 + 9)


def test_parcels_that_an_amendment_moves_are_foreseen(sqlite_store: Store) -> None:
    """Week 4 a week earlier: the homes' kits leave seven days before, told by type and by look."""
    trial = opened(sqlite_store, sending_home())
    trial.randomized(FIRST_SITE)
    study = trial.definition
    visits = tuple(one.model_copy(update={"day": 21}) if one.code == "W4" else one for one in study.visits)
    amendment = Amendment(trial.study_id, 2, 1, study, study.model_copy(update={"visits": visits}))
    with trial.store.reading_past_wall() as connection:
        work = Work(trial.store, connection, trial.staff, house_time(trial))
        by_type, by_look = orders_by_type(work, amendment), orders_by_look(work, amendment)
    for orders in (by_type, by_look or ()):
        (homes,) = (one for one in orders if one.site == "homes US")
        days = [[((day - trial.day).days, kits) for day, kits in side] for side in (homes.before, homes.after)]
        assert days == [[(25, 4)], [(18, 4)]]


def test_by_levels_alone_what_went_home_is_missing_at_the_depot(sqlite_store: Store) -> None:
    """Kits chosen for homes leave the depot's own stock; it is filled up again, and the site is sent nothing."""
    trial = opened(sqlite_store, sending_home(method="min_max"))
    trial.resupply()
    subjects = [trial.treated(FIRST_SITE)[0] for _ in range(2)]
    assert trial.resupply(depot="USA").shipments == []
    before = sum(pile.kits for pile in seen(trial)["USA"].stock)
    trial.later(28)
    for subject in subjects:
        ask = AssignKits(study_id=trial.study_id, subject=subject, visit="W4", on_day=trial.day)
        trial.do(trial.actor(Role.COORDINATOR), assign_kits, ask)
    after = seen(trial)
    assert sum(pile.kits for pile in after["USA"].stock) == before - 8
    (shipment,) = trial.resupply(depot="USA").shipments
    assert {row["number"]: row["target_depot_id"] for row in trial.rows(Shipment)}[shipment] is not None
    assert trial.resupply(site=FIRST_SITE).shipments == []


def test_another_depot_than_the_country_s_sends_what_is_its_site_s(sqlite_store: Store) -> None:
    """The depot that a site was agreed to have supplies it, sends its subjects' kits home, and is asked for all."""
    trial = opened(sqlite_store, elsewhere())
    trial.randomized(FIRST_SITE)
    places = seen(trial)
    homes = places["homes US from NLD"]
    assert (homes.depot, homes.lead_time_days, places[FIRST_SITE].depot) == ("NLD", 2, "NLD")
    assert by_day(homes.expected_need, trial.day) == {25: 4, 77: 6}
    assert places["homes US"].serves == places["USA"].serves == ()
    subject = trial.treated(FIRST_SITE)[0]
    trial.later(28)
    ask = AssignKits(study_id=trial.study_id, subject=subject, visit="W4", on_day=trial.day)
    given = trial.do(trial.actor(Role.COORDINATOR), assign_kits, ask)
    codes = {row["id"]: row["code"] for row in trial.rows(Depot)}
    numbers = {kit.number for kit in given.kits}
    assert {codes[row["place_id"]] for row in trial.rows(Kit) if row["number"] in numbers} == {"NLD"}


def test_no_site_is_given_a_depot_that_reaches_no_homes(sqlite_store: Store) -> None:
    """Its subjects are sent kits; the refusal says what to do. A British site, which gives its own, may have it."""
    trial = opened(sqlite_store, sending_home())
    said = {"study_id": trial.study_id, "depot": "BRA", "reason": "It is nearer"}
    for site, refused in ((FIRST_SITE, True), (SECOND_SITE, False)):
        ask = ProposeSiteDetails.model_validate({**said, "site": site})
        with pytest.raises(BadInput, match="no lane leads there from BRA") if refused else nullcontext():
            trial.do(trial.actor(Role.SUPPLY_MANAGER), propose_site_details, ask)
