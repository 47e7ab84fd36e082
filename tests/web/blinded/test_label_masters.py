"""The buttons Save the next version, Put this proof before quality, and Sign: a label from words to approval."""

from hashlib import sha256

from irt.blinding.roles import Permission
from irt.tables.label import LabelMaster, LabelMasterStep
from tests.cast import PASSWORD
from tests.irt.labels.builders import WHOLE
from tests.web.api.system import SIGNING, System
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World

WHERE = "country=NL&language=nl&group=PEN&packaging=outer"


def _written(world: World, **texts: str) -> Browser:
    """The supply manager saves a text for the Netherlands."""
    browser = world.signed_in("supply_manager.all")
    browser.get(f"/labels/{world.study_id}/write?{WHERE}")
    fields = {f"text-{code}": said for code, said in {**WHOLE, **texts}.items()}
    browser.press(f"/labels/{world.study_id}/write", **fields)
    return browser


def _standing(world: World) -> str:
    return str(house_of(world).rows(LabelMasterStep)[-1]["status"])


def test_from_the_words_to_the_approval(world: World) -> None:
    """Written, proofed, signed by quality; the next version begins with the words of the last."""
    browser, address = _written(world), f"/labels/{world.study_id}/LM-001"
    assert "The text is saved" in browser.text
    browser.press(f"{address}/1/proof")
    assert "The proof is drawn" in browser.text
    assert _standing(world) == "proof"
    other = world.signed_in("quality.all")
    assert f'href="{address}"' in other.get("/labels").text
    assert f'src="{address}/1/proof/svg"' in other.get(address).text
    picture = other.get(f"{address}/1/proof/svg")
    assert (picture.headers["content-type"], "SPECIMEN" in picture.text) == ("image/svg+xml", True)
    assert other.get(f"{address}/1/proof/pdf").content.startswith(b"%PDF")
    other.get(address)
    other.press(f"{address}/1/decide", meaning="approve", password=PASSWORD)
    assert "The label is approved" in other.text
    assert _standing(world) == "approved"
    assert "Store at 2 to 8" in browser.get(f"/labels/{world.study_id}/write?{WHERE}").text


def test_what_is_missing_is_told_before_the_proof(world: World) -> None:
    """With the clause; there is no button for a proof."""
    browser = _written(world, use_by="")
    assert "Period of use is missing" in browser.text
    assert "Annex VI A.1 (1)(k)" in browser.text
    form = browser.get(f"/labels/{world.study_id}/write?{WHERE}").text
    assert 'name="omit-children"' in form
    assert 'name="omit-use_by"' not in form
    browser.get(f"/labels/{world.study_id}/LM-001")
    assert "Put this proof before quality" not in browser.text
    assert browser.get(f"/labels/{world.study_id}/LM-001/9/proof/svg").status_code == 404


def test_a_refused_text_stays_typed(world: World) -> None:
    """A code of a kit type is refused without naming it, and nothing is saved."""
    browser = _written(world, product="Lumirex PEN-A or placebo")
    assert browser.answer.status_code == 400
    assert "blinded people must not read" in browser.text
    assert "Keep out of reach of children" in browser.text
    assert house_of(world).rows(LabelMaster) == []


def test_a_rejection_needs_its_reason(world: World) -> None:
    """And a choice; a wrong password signs nothing."""
    browser, address = _written(world), f"/labels/{world.study_id}/LM-001"
    browser.press(f"{address}/1/proof")
    other = world.signed_in("quality.all")
    for said, words in (
        ({"meaning": "reject"}, "Give a reason"),
        ({"meaning": ""}, "Say whether"),
        ({"meaning": "approve", "password": "a guess"}, "Nothing was signed"),
    ):
        other.get(address)
        other.press(f"{address}/1/decide", **{"password": PASSWORD, **said})
        assert words in other.text
    other.get(address)
    other.press(f"{address}/1/decide", meaning="reject", reason="Wrong number", password=PASSWORD)
    assert "The proof is rejected" in other.text
    assert "Wrong number" in other.text


def test_labels_are_for_who_writes_and_approves_them(world: World) -> None:
    """Others see neither a master nor its proof."""
    _written(world)
    address, form = f"/labels/{world.study_id}/LM-001", f"/labels/{world.study_id}/write"
    browser = world.signed_in("supply_planner.all")
    assert [browser.get(page).status_code for page in (address, f"{address}/1/proof/svg", form)] == [403] * 3


def test_masters_over_the_api(world: World) -> None:
    """Written by one token, approved by another's owner; quality does not write."""
    supply, quality = System.of(world, "supply_manager.all"), System.of(world, "quality.all")
    where = {"country": "NL", "language": "nl", "blinding_group": "PEN", "packaging": "outer"}
    written = supply.booked("/labels/write", **where, particulars=WHOLE)
    version = {"number": written["number"], "version": written["version"]}
    assert written["problems"] == []
    proof = supply.booked("/labels/proof", **version)["proof_hash"]
    (drawn,) = supply.asks_study("/label-masters/LM-001/proof").json()["items"]
    assert sha256(drawn["svg"].encode()).hexdigest() == proof
    refused = supply.does("/labels/decide", **version, granted=True, signing=SIGNING)
    assert refused.status_code == 403
    assert quality.booked("/labels/decide", **version, granted=True, signing=SIGNING)["status"] == "approved"
    (master,) = quality.asks_study("/label-masters").json()["items"]
    assert (master["status"], master["proof_hash"]) == ("approved", proof)
    assert quality.asks_study("/label-masters/LM-001").json()["items"] == [master]
    assert quality.does("/labels/write", **where, particulars=WHOLE).status_code == 403
    scoped = System.of(world, "quality.all", scopes=[Permission.DECIDE_QUALITY])
    assert scoped.asks_study("/label-masters").status_code == 403
