"""The page of stock differences: supply takes and settles, the depot explains its own, nothing tells a type."""

import json

from irt.blinding.roles import Role
from irt.messages.formats import Format
from irt.services.deliver_message import deliver_message
from irt.services.take_message import TakeMessage
from irt.states.kit import Custody
from irt.tables.kit import Kit
from irt.tables.study import Depot
from irt.tables.vendor import StockDifference
from tests.irt.services.vendor import open_by_hand
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.unblinded.people import depot_worker
from tests.web.world import World

PAGE = "/differences"
FOUND = "48213377"


def an_empty_shelf(world: World) -> int:
    """The depot tells of one kit nobody knows and of none of its own; how many kits the ledger has there."""
    house = house_of(world)
    open_by_hand(world.store, world.study_id, house.rows(Depot, code="NLD")[0]["id"])
    at = world.now.isoformat()
    facts = {
        "kind": "stock_snapshot",
        "schema_version": "1",
        "message_id": "M-1",
        "sender": "NLD",
        "study": house.definition.study.protocol,
        "environment": "production",
        "sequence": 1,
        "made_at": at,
        "depot": "NLD",
        "counted_at": at,
        "kits": [{"number": FOUND, "lot": "L1", "expiry": "2027-12-31", "state": "available"}],
    }
    ask = TakeMessage(study_id=world.study_id, spelling=Format.JSON, content=json.dumps(facts))
    taken = deliver_message(world.store, house.actor(Role.DEPOT), world.now, ask, "snapshot-1")
    assert taken.status == "applied"
    return len(house.rows(Kit, custody=Custody.DEPOT))


def test_supply_takes_and_settles(world: World) -> None:
    """Found from the inbox of exceptions; a double click books once; what is ended leaves the page."""
    browser = world.signed_in("supply_planner.all")
    assert f'href="{PAGE}"' in browser.get("/supply/exceptions").text
    assert "No depot's stock differs" in browser.get(PAGE).text.replace("&#39;", "'")
    an_empty_shelf(world)
    page = browser.get(PAGE).text
    assert "The depot has it, the record has not" in page
    assert "PEN-" not in page
    (row,) = [row for row in house_of(world).rows(StockDifference) if row["record"] == FOUND]
    fields = {**browser.form(f"{PAGE}/take").fields, "difference": str(row["id"])}
    browser.send(f"{PAGE}/take", fields)
    settled = {**browser.form(f"{PAGE}/settle").fields, "difference": str(row["id"]), "note": "Of another study"}
    assert browser.send(f"{PAGE}/settle", {**settled, "how": "correct"}).status_code in (404, 409)
    for _ in range(2):
        done = browser.send(f"{PAGE}/settle", {**settled, "how": "accept"})
    assert (done.status_code, FOUND in done.text) == (200, False)
    (row,) = [row for row in house_of(world).rows(StockDifference) if row["record"] == FOUND]
    assert (row["status"], row["note"]) == ("accepted", "Of another study")


def test_a_depot_explains_its_own(world: World) -> None:
    """Found from its inbox; it has one button; another depot sees nothing, a site no page."""
    kits = an_empty_shelf(world)
    browser = depot_worker(world)
    assert f'href="{PAGE}"' in browser.get("/depot").text
    page = browser.get(PAGE).text
    assert (page.count("Explain<span"), "Correct the record" in page) == (2 * min(kits + 1, 500), False)
    form = browser.form(f"{PAGE}/settle")
    said = browser.send(form.action, {**form.fields, "how": "explain", "note": "Just booked"}).text
    assert "Explained: Just booked" in said
    refused = browser.send(form.action, {**form.fields, "how": "accept", "note": "x", "command_key": "another-key"})
    assert refused.status_code == 403
    empty = browser.send(form.action, {**form.fields, "how": "explain", "note": " ", "command_key": "a-third-key"})
    assert "say why" in empty.text
    assert FOUND not in depot_worker(world, elsewhere=True).get(PAGE).text
    assert world.signed_in("pharmacist.0").get(PAGE).status_code == 403


def test_the_same_over_the_api(world: World) -> None:
    """Listed page by page, taken, settled."""
    an_empty_shelf(world)
    supply = System.of(world, "supply_planner.all")
    first = supply.asks_study("/stock-differences", limit=1).json()
    assert first["next"] == first["items"][0]["id"]
    number = first["next"]
    assert supply.booked("/stock-differences/take", difference_id=number)["status"] == "open"
    said = supply.booked("/stock-differences/settle", difference_id=number, how="accept", note="Known")
    assert said["status"] == "accepted"
    assert supply.asks_study("/stock-differences", limit=1).json()["items"][0]["id"] != number
    assert supply.asks_study("/stock-differences", settled=True, limit=1).json()["items"][0]["id"] == number
    assert System.of(world, "pharmacist.0").asks_study("/stock-differences").status_code == 403
