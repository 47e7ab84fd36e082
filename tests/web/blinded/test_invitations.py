"""The page Invitations, and the page behind the link."""

import pytest

from irt.blinding.roles import Role
from irt.services.invitation_letters import token_of
from irt.tables.people import Account
from tests.cast import PASSWORD
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.world import World
from web.guards import TRIES_MAX

PAGE = "/people/invitations"
IVO = "ivo@example.org"


def invited(world: World, reader: str = "ada", **typed: str) -> str:
    """An administrator invites; the link's path."""
    browser = world.signed_in(reader)
    browser.get(PAGE)
    wanted = {"role": "monitor", "study": str(world.study_id), "site": world.sites[0][0], "reason": "Log, line 4"}
    browser.press(PAGE, **{"email": IVO, "trained": "yes", **wanted, **typed})
    assert "The person is invited" in browser.text, browser.text
    with world.store.reading() as connection:
        public_id = connection.exec_driver_sql("SELECT max(public_id) FROM invitation").scalar_one()
    return f"/invitation/{token_of(world.store.seal, public_id)}"


def test_a_person_joins_by_the_link(world: World) -> None:
    """They read what is offered, choose name and password, sign in, and work at their site."""
    link = invited(world)
    newcomer = world.browser()
    page = newcomer.get(link)
    assert page.headers["referrer-policy"] == "no-referrer"
    for words in ("Ada Finn", "Monitor", f"site {world.sites[0][0]}", IVO):
        assert words in page.text
    typed = {"username": "ivo", "printed_name": "Ivo Santoro", "password": PASSWORD}
    assert "typed in two ways" in newcomer.press(link, **typed, again="another").text
    newcomer.press(link, **typed, again=PASSWORD)
    assert "Your account is made." in newcomer.text
    assert PASSWORD not in newcomer.text
    assert world.signed_in("ivo").get("/stock").status_code == 200
    assert newcomer.get(link).status_code == 404
    assert "Accepted" in world.signed_in("ada").get(PAGE).text


def test_whoever_has_an_account_comes_back_by_the_link(world: World) -> None:
    """Signing in is asked for, and leads back; the role then holds."""
    with world.store.writing() as connection:
        connection.exec_driver_sql("UPDATE account SET email = 'Ivo@example.org' WHERE username = 'monitor.1'")
    link = invited(world)
    browser = world.browser()
    assert "You have an account here already." in browser.get(link).text
    browser.send(f"{link}/join", browser.form(f"{link}/join").fields, referer=f"http://testserver{link}")
    assert browser.path == "/sign-in"
    browser.press("/sign-in", username="monitor.1", password=PASSWORD)
    assert browser.path == link
    browser.press(f"{link}/join")
    sites = {grant.site_id for grant in world.office.account("monitor.1").grants}
    assert sites == {site_id for _, site_id in world.sites}


def test_an_invitation_is_withdrawn(world: World) -> None:
    """With a reason; then its link reads like one that never was."""
    link = invited(world)
    browser = world.signed_in("ada")
    browser.get(PAGE)
    assert browser.press(f"{PAGE}/withdraw", reason=" ").status_code == 400
    browser.press(f"{PAGE}/withdraw", reason="Another person")
    assert "The invitation is withdrawn" in browser.text
    never = world.browser().get(f"/invitation/{'0' * 16}-{'0' * 64}")
    gone = world.browser().get(link)
    assert (gone.status_code, never.status_code) == (404, 404)
    assert "This link does not open anything any more." in gone.text
    assert "This link does not open anything any more." in never.text


def test_links_cannot_be_guessed_for_long(world: World) -> None:
    """One address is turned away after as many tries as at the sign-in page."""
    browser = world.browser()
    answers = [browser.get(f"/invitation/{'0' * 16}-{number:064}").status_code for number in range(TRIES_MAX + 1)]
    assert answers == [404] * TRIES_MAX + [429]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": "ivo"}, "not an e-mail address"),
        ({"trained": ""}, "Only trained people get roles"),
        ({"role": ""}, "The role is missing"),
        ({"site": ""}, "Choose the site, or a country"),
        ({"site": "", "country": "zz"}, "in that country"),
    ],
)
def test_refusals_keep_what_was_typed(world: World, typed: dict[str, str], words: str) -> None:
    """Each says why; nobody is invited."""
    browser = world.signed_in("ada")
    browser.get(PAGE)
    wanted = {"role": "monitor", "study": str(world.study_id), "site": world.sites[0][0], "reason": "Log, line 4"}
    answer = browser.press(PAGE, **{"email": IVO, "trained": "yes", **wanted, **typed})
    assert words in answer.text
    assert "Log, line 4" in answer.text
    assert "Nobody was invited yet." in answer.text


def test_a_study_administrator_sees_their_study_alone(world: World) -> None:
    """And nobody else sees any; the API tells the same."""
    invited(world, study="", site="", role="inspector")
    world.office.hire("local", (Role.ADMINISTRATOR, {"study_id": world.study_id}))
    assert IVO not in world.signed_in("local").get(PAGE).text
    assert world.signed_in("quality.all").get(PAGE).status_code == 403
    system = System.of(world, "ada")
    made = system.booked("/invitations/create", email="eve@example.org", role="inspector", reason="r", trained=True)
    assert [one["email"] for one in System.of(world, "local").asks("/invitations").json()["items"]] == [
        "eve@example.org"
    ]
    system.booked_alone("/invitations/withdraw", public_id=made["public_id"], reason="Over")
    states = {one["email"]: one["state"] for one in system.asks("/invitations").json()["items"]}
    assert states == {IVO: "open", "eve@example.org": "withdrawn"}
    assert System.of(world, "pharmacist.0").asks("/invitations").status_code in (403, 404)
    assert house_of(world).rows(Account, email=IVO) == []
