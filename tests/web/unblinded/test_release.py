"""Release step by step: each signer finds the own step, signs it on a page or over the API; the country opens."""

import pytest

from irt.blinding.roles import Role
from irt.study.release import ReleaseRoute
from irt.tables.kit import BlindedLot, LotApproval
from tests.builders_supply import a_lot, the_lipid_study
from tests.cast import PASSWORD
from tests.web.api.system import SIGNING, System
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World

ROUTES = (ReleaseRoute(code="uk", countries=("GB",)), ReleaseRoute(code="eu", regions=("EU", "NA", "LA", "AP")))


@pytest.fixture
def world_on_routes(world: World) -> World:
    """The study got routes by an amendment, while a second lot waits."""
    house = house_of(world)
    house.load([a_lot(lot="A2", blinded_lot="L2", kits=30)], release=False)
    house.amend(the_lipid_study().model_copy(update={"release_routes": ROUTES}))
    world.office.hire("quinn", (Role.QUALIFIED_PERSON, {"study_id": world.study_id}))
    return world


def _lot(world: World) -> str:
    return f"/release/{world.study_id}/L2"


def _signs(browser: Browser, world: World, kind: str, **typed: str) -> Browser:
    """One step chosen, answered and signed on its page."""
    address = f"{_lot(world)}/{kind}"
    browser.get(address)
    browser.press(address, **{"password": PASSWORD, "meaning": "signed", **typed})
    return browser


def _countries(world: World) -> list[tuple[str, bool]]:
    (lot,) = house_of(world).rows(BlindedLot, number="L2")
    uses = house_of(world).rows(LotApproval, blinded_lot_id=lot["id"])
    return [(use["country"], use["ended_by_id"] is None) for use in uses]


def test_three_people_walk_a_lot_to_britain(world_on_routes: World) -> None:
    """Each finds the own step waiting, and nobody the next one's; then it is withdrawn, with a reason."""
    world = world_on_routes
    quinn, quality, supply = (world.signed_in(each) for each in ("quinn", "quality.all", "supply_manager.all"))
    assert f'href="{_lot(world)}"' in quinn.get(f"/lots/{world.study_id}/L2").text
    assert "No step waits for you" in supply.get("/release").text
    assert "49 of 49 countries" in supply.text, "released everywhere, before there were routes"
    wrong = _signs(quinn, world, "qp_certification", route="uk", password="a guess")
    assert (wrong.answer.status_code, PASSWORD in wrong.text) == (403, False)
    assert "The step is signed" in _signs(quinn, world, "qp_certification", route="uk").text
    assert "Country approval" in quality.get("/release").text
    assert "The step is signed" in _signs(quality, world, "country_approval", **{"country-GB": "yes"}).text
    assert _countries(world) == []
    _signs(supply, world, "release_to_trial", **{"country-GB": "yes"})
    assert ("usable in 1 of" in supply.text, _countries(world)) == (True, [("GB", True)])
    taken = _signs(quinn, world, "qp_certification", route="uk", meaning="withdrawn", reason="Deviation 12")
    assert ("The step is withdrawn" in taken.text, "Deviation 12" in taken.text) == (True, True)
    assert _countries(world) == [("GB", False)]
    assert "PEN-A" not in taken.text


def test_a_step_out_of_turn_is_refused_in_words(world_on_routes: World) -> None:
    """Nothing is written; without a country, a reason or a choice neither."""
    browser = world_on_routes.signed_in("supply_manager.all")
    browser.get("/release")
    address = f"{_lot(world_on_routes)}/release_to_trial"
    assert "It is not your turn" in browser.get(address).text
    fields = {**browser.form("/sign-out").fields, "password": PASSWORD, "meaning": "signed", "country-GB": "yes"}
    refused = [
        ({}, "comes before", 409),
        ({"country-GB": None}, "No country is named", 400),
        ({"meaning": "refused"}, "Give a reason", 400),
        ({"meaning": "perhaps"}, "not said whether", 400),
    ]
    for number, (typed, words, status) in enumerate(refused):
        sent = {**fields, **typed, "command_key": f"key-{number}"}
        answer = browser.send(address, {name: value for name, value in sent.items() if value is not None})
        assert (answer.status_code, words in answer.text) == (status, True)
    assert _countries(world_on_routes) == []


def test_nobody_else_sees_a_route(world_on_routes: World) -> None:
    """403 for the lot and the step; 404 for what there is not."""
    lot = _lot(world_on_routes)
    for person in ("pharmacist.0", "supply_planner.all", "inspector.all"):
        browser = world_on_routes.signed_in(person)
        assert [browser.get(page).status_code for page in (lot, f"{lot}/qp_certification")] == [403, 403]
    quinn = world_on_routes.signed_in("quinn")
    pages = (f"/release/{world_on_routes.study_id}/L9", f"{lot}/a_blessing", f"{lot}/release_to_trial")
    assert [quinn.get(page).status_code for page in pages] == [404, 404, 403]


def test_the_same_over_the_api(world_on_routes: World) -> None:
    """The list tells whose turn it is; a token whose owner has no part is refused."""
    world = world_on_routes
    quinn, quality = System.of(world, "quinn"), System.of(world, "quality.all")
    step = {"lot": "L2", "signing": SIGNING}
    assert (
        quinn.does("/lots/release", lot="L2", on_day=quinn.today, signing=SIGNING).json()["name"] == "RouteToFollow"
    )
    signed = quinn.booked("/lots/step", kind="qp_certification", route="uk", **step)
    assert (signed["opened"], signed["kits"]) == ([], 0)
    turns = quality.asks_study("/release").json()["turns"]
    assert [(turn["lot"], turn["kind"], turn["to_sign"]) for turn in turns] == [
        ("L2", "country_approval", [["GB", "United Kingdom"]])
    ]
    assert quality.booked("/lots/step", kind="country_approval", countries=["GB"], **step)["outcome"] == "signed"
    refused = quality.does("/lots/step", kind="release_to_trial", countries=["GB"], **step)
    assert (refused.status_code, refused.json()["name"]) == (403, "NotAllowed")
    assert System.of(world, "inspector.all").asks_study("/release").status_code == 403
