"""`irt expiry` at a terminal: shortened at once, extended by two persons, and the tasks between."""

import json

from sqlalchemy import text

from tests.irt.commands.office import STUDY, TerminalOffice

LOT = "L2509-N"
QUINN = ("--study", STUDY, "--user", "quinn")
WHY = ("--reason", "re-test")


def test_a_later_date_needs_two_persons(stocked: TerminalOffice) -> None:
    """Tasks for each kit at a depot of an approved country; one puts labels on, another signs."""
    stocked.does("supply", "release", LOT, *QUINN)
    with stocked.store.reading() as connection:
        where = "SELECT code, country FROM depot JOIN kit ON custody = 'depot' AND place_id = depot.id"
        lots = "JOIN blinded_lot ON blinded_lot.id = blinded_lot_id WHERE blinded_lot.number = :lot ORDER BY kit.id"
        depot, country = connection.execute(text(f"{where} {lots}"), {"lot": LOT}).first() or ("", "")
    said = stocked.does("expiry", "change", LOT, "2031-12-31", *WHY, *QUINN)
    assert said.startswith(f"E-0001: lot {LOT} from ")
    assert "No kit waits" in stocked.does("expiry", "tasks", *QUINN)
    assert stocked.does("expiry", "approve", "E-0001", country, *QUINN) == f"E-0001 is approved for {country}.\n"
    waiting = json.loads(stocked.does("expiry", "tasks", "--json", *QUINN))["kits"]
    kits = [kit["number"] for kit in waiting if kit["place"] == f"Depot {depot}"][:2]
    for person in ("dora", "dave"):
        stocked.hire(person, "depot", where=("--study", STUDY, "--depot", depot))
    put_on = ("expiry", "relabel", "E-0001", *kits, "--study", STUDY, "--depot", depot, "--user", "dora")
    assert "labels were issued" in stocked.refused(*put_on, "--issued", "3")
    assert "B-0001: 2 kits wait" in stocked.does(*put_on, "--issued", "3", "--spoiled", "1")
    check = ("expiry", "check", "B-0001", "--study", STUDY, "--user")
    assert "somebody else" in stocked.refused(*check, "dora")
    assert "2 kits have the later date" in stocked.does(*check, "dave")
    assert f"kit {kits[0]}" not in stocked.does("expiry", "tasks", *QUINN)


def test_a_sooner_date_holds_at_once(stocked: TerminalOffice) -> None:
    """No task, no label: every kit of the lot has it."""
    said = stocked.does("expiry", "change", LOT, "2026-06-30", *WHY, *QUINN)
    assert "kits have it now" in said
    assert "No kit waits" in stocked.does("expiry", "tasks", *QUINN)
    assert stocked.refused("expiry", "change", LOT, "2026-06-30", *WHY, *QUINN).startswith(
        f"Lot {LOT} has the date"
    )
