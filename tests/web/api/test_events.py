"""EPCIS over the API: the life of a kit, a period, and who may ask."""

import json
from datetime import timedelta

from tests.irt.messages.stories import EPCIS_SCHEMA
from tests.irt.messages.test_epcis import validator
from tests.web.api.system import System
from tests.web.parcels import kits_of, parcel
from tests.web.world import World


def test_supply_asks_for_a_kit_and_for_a_period(world: World) -> None:
    """Valid documents of kit numbers alone, blinded as the planner is; each is written down."""
    number = parcel(world)
    (kit, *_), planner = kits_of(world, number), System.of(world, "supply_planner.all")
    life = planner.asks_study(f"/kits/{kit}/events.json")
    period = planner.asks_study("/events.json", since=f"{world.now.date() - timedelta(days=30)}")
    for answer in (life, period):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert not any(secret in answer.text for secret in ("PEN-A", "PEN-P", "placebo"))
        if EPCIS_SCHEMA.exists():
            assert validator().is_valid(json.loads(answer.content))
    steps = [event["bizStep"] for event in life.json()["epcisBody"]["eventList"]]
    assert steps == ["commissioning", "packing", "shipping"]
    told = {event["eventID"] for event in period.json()["epcisBody"]["eventList"]}
    assert {event["eventID"] for event in life.json()["epcisBody"]["eventList"]} & told


def test_what_is_not_there_or_not_theirs_is_refused(world: World) -> None:
    """An unknown kit, a period that ends before it begins, and a site."""
    planner, today = System.of(world, "supply_planner.all"), world.now.date()
    assert planner.asks_study("/kits/000000/events.json").status_code == 404
    wrong = planner.asks_study("/events.json", since=f"{today}", until=f"{today - timedelta(days=1)}")
    assert wrong.status_code == 400
    assert System.of(world, "pharmacist.0").asks_study("/events.json", since=f"{today}").status_code == 403
