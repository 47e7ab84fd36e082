"""One's own sessions: seen, ended one by one or all but this; and what a person may is asked anew each time."""

import pytest

from irt.services.revoke_grant import RevokeGrant, revoke_grant
from irt.tables.people import RoleGrant
from tests.cast import PASSWORD
from tests.web.parcels import house_of
from tests.web.world import World

PAGE = "/account/sessions"


def test_one_sees_where_one_is_signed_in_and_what_was_tried(world: World) -> None:
    """Open sessions, this one among them, and wrong tries; no address of a machine."""
    world.browser().sign_in("pharmacist.0", "another password")
    world.signed_in("pharmacist.0")
    page = world.signed_in("pharmacist.0").get(PAGE).text
    assert page.count("End it<span") == 1
    for words in ("This session", "A browser", "Wrong", "Right"):
        assert words in page
    assert "testclient" not in page


def test_another_session_is_ended(world: World) -> None:
    """At once; one's own stays."""
    other, here = world.signed_in("pharmacist.0"), world.signed_in("pharmacist.0")
    here.get(PAGE)
    here.press(f"{PAGE}/end")
    assert "The session has ended." in here.text
    assert other.get("/worklist").url.path == "/sign-in"
    assert here.get("/worklist").url.path == "/worklist"


def test_all_others_are_ended(world: World) -> None:
    """Two elsewhere, and this one goes on."""
    others = [world.signed_in("pharmacist.0") for _ in range(2)]
    here = world.signed_in("pharmacist.0")
    here.get(PAGE)
    here.press(f"{PAGE}/end-others")
    assert "Every other session has ended." in here.text
    assert [other.get("/worklist").url.path for other in others] == ["/sign-in"] * 2


@pytest.mark.parametrize("person", ["monitor.0", "ada"])
def test_somebody_elses_session_is_no_matter_of_this_page(world: World, person: str) -> None:
    """Also to an administrator, who has another page for it."""
    theirs, here = world.signed_in("pharmacist.0"), world.signed_in(person)
    with world.store.reading() as connection:
        ask = "SELECT max(s.id) FROM signed_in_session s JOIN account a ON a.id = s.account_id WHERE username = ?"
        session_id = connection.exec_driver_sql(ask, ("pharmacist.0",)).scalar_one()
    here.get(PAGE)
    fields = {**here.form("/account/sign-out-everywhere").fields, "command_key": "k", "session": str(session_id)}
    assert here.send(f"{PAGE}/end", fields).status_code == 404
    assert theirs.get("/worklist").url.path == "/worklist"


def test_an_administrator_ends_all_of_a_person_at_once(world: World) -> None:
    """With a reason, which stands in the trail; the person may sign in again."""
    theirs = [world.signed_in("pharmacist.0") for _ in range(2)]
    browser = world.signed_in("ada")
    address = f"/people/{world.office.account('pharmacist.0').account_id}"
    browser.get(address)
    assert browser.press(f"{address}/sessions", reason=" ").status_code == 400
    browser.press(f"{address}/sessions", reason="A lost laptop")
    assert "Every session has ended" in browser.text
    assert [one.get("/worklist").url.path for one in theirs] == ["/sign-in"] * 2
    assert world.browser().sign_in("pharmacist.0", PASSWORD).status_code == 200


def test_a_role_taken_back_is_gone_with_the_next_request(world: World) -> None:
    """The session stays open; every page that the role opened is refused, the very next time."""
    theirs = world.signed_in("pharmacist.0")
    assert theirs.get("/stock").status_code == 200
    account_id = world.office.account("pharmacist.0").account_id
    (grant,) = house_of(world).rows(RoleGrant, account_id=account_id)
    world.office.does(world.office.ada, revoke_grant, RevokeGrant(grant_id=grant["id"], reason="left"))
    assert theirs.get("/stock").status_code in (403, 404)
    assert theirs.get(PAGE).status_code == 200
