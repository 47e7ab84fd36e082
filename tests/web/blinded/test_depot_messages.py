"""The depot's page of messages: what came, what became of it, what is missing; each depot its own."""

import json

from irt.blinding.roles import Role
from irt.messages.formats import Format
from irt.services.deliver_message import deliver_message
from irt.services.take_message import MessageTaken, TakeMessage
from irt.tables.study import Depot
from tests.irt.services.vendor import open_by_hand
from tests.web.parcels import house_of, requested_parcel
from tests.web.unblinded.people import depot_worker
from tests.web.world import World


def _sends(world: World, number: str, sequence: int) -> MessageTaken:
    """The depot acknowledges the shipment."""
    house = house_of(world)
    open_by_hand(world.store, world.study_id, house.rows(Depot, code="NLD")[0]["id"])
    facts = {
        "kind": "acknowledgement",
        "schema_version": "1",
        "message_id": f"M-{sequence}",
        "sender": "NLD",
        "study": house.definition.study.protocol,
        "environment": "production",
        "sequence": sequence,
        "made_at": "2026-03-02T08:00:00Z",
        "shipment": number,
        "acknowledged_at": "2026-03-02T08:00:00Z",
    }
    ask = TakeMessage(study_id=world.study_id, spelling=Format.JSON, content=json.dumps(facts))
    return deliver_message(world.store, house.actor(Role.DEPOT), world.now, ask, f"message-{sequence}")


def a_conversation(world: World) -> str:
    """An acknowledgement whose two forerunners never came, and one that came too late; the shipment's number."""
    number = requested_parcel(world)
    assert _sends(world, number, 3).status == "applied"
    assert _sends(world, number, 2).refusal == "OutOfOrderMessage"
    return number


def test_messages_stand_with_their_outcome_and_gaps(world: World) -> None:
    """Found from the inbox; newest first; a refusal with its sentence; numbers that never came."""
    browser = depot_worker(world)
    assert "No messages yet." in browser.get("/depot/messages").text
    assert 'href="/depot/messages"' in browser.get("/depot").text
    a_conversation(world)
    page = browser.get("/depot/messages").text
    assert "2 messages before number 3 never came" in page
    assert page.index("Refused") < page.index("Applied")
    assert "Message number 3 was taken before" in page
    assert "PEN-" not in page


def test_each_depot_reads_its_own(world: World) -> None:
    """And nobody else reads any."""
    _sends(world, requested_parcel(world), 1)
    assert "M-1" not in depot_worker(world, elsewhere=True).get("/depot/messages").text
    assert world.signed_in("pharmacist.0").get("/depot/messages").status_code == 403
