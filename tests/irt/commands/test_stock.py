"""`irt stock reconcile`: the books as JSON or in lines, and an exit that says whether they add up."""

import json

from sqlalchemy import text

from tests.irt.commands.office import STUDY, TerminalOffice

LOT = "L2509-N"


def test_books_that_add_up(stocked: TerminalOffice) -> None:
    """Each lot with what was received and where it is now, in JSON and in a line."""
    stocked.does("supply", "release", LOT, "--study", STUDY, "--user", "quinn")
    (told,) = json.loads(stocked.does("stock", "reconcile", "--study", STUDY, "--json"))
    assert (told["study"], told["mode"], told["adds_up"], told["faults"]) == (STUDY, "production", True, [])
    assert told["movements"] > 0
    assert sum(lot["received"] for lot in told["lots"]) == told["kits"]
    lot = next(lot for lot in told["lots"] if lot["lot"] == LOT)
    assert lot["depot"] == lot["received"] > 0
    said = stocked.does("stock", "reconcile")
    assert f"lot {LOT}: {lot['received']} received; {lot['received']} at depots" in said


def test_books_that_do_not(stocked: TerminalOffice) -> None:
    """Exit 1, and the kit is named, where somebody changed a kit's row by hand."""
    with stocked.store.writing() as connection:
        connection.execute(text("UPDATE kit SET custody = 'vendor', place_id = NULL WHERE id = 1"))
        number = connection.execute(text("SELECT number FROM kit WHERE id = 1")).scalar_one()
    ran = stocked.types("stock", "reconcile", "--study", STUDY)
    assert ran.exit_code == 1
    assert f"kit {number}: it is not where its movements left it" in ran.out
    assert ran.err == "irt: The stock does not add up.\n"
