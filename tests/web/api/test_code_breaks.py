"""The code break over the API: told once, to one person, and kept in no record."""

from irt.blinding.roles import Permission, Role
from tests.web.api.system import SIGNING, System
from tests.web.world import World


def test_a_treatment_is_told_once_and_shown_again_on_the_record(investigator: System) -> None:
    """The retry is the same break without the arms; showing it again is an act of its own."""
    subject = investigator.randomizes()
    asked = {"subject": subject, "reason": "medical_emergency", "signing": SIGNING}
    first = investigator.does("/code-breaks", key="the-one-break", **asked)
    retry = investigator.does("/code-breaks", key="the-one-break", **asked)
    told = first.json()
    assert first.status_code == 200
    assert len(told["arms"]) == 1
    assert retry.json() == {**told, "arms": None}
    assert first.headers["cache-control"] == "no-store"
    shown = investigator.booked_alone("/code-breaks/show", code_break_id=told["code_break_id"])
    assert shown["arms"] == told["arms"]
    trail = investigator.asks_study("/audit-trail").text
    assert told["arms"][0] not in trail


def test_a_narrative_and_a_review_follow(investigator: System, world: World) -> None:
    """The narrative by the same person, the review by another."""
    subject = investigator.randomizes()
    asked = {"subject": subject, "reason": "overdose", "signing": SIGNING}
    number = investigator.booked("/code-breaks", **asked)["code_break_id"]
    narrative = "Took the pens of a month within a day."
    investigator.booked_alone("/code-breaks/narrate", code_break_id=number, narrative=narrative)
    own = investigator.does_alone("/code-breaks/review", code_break_id=number, signing=SIGNING)
    assert (own.status_code, own.json()["name"]) == (403, "SamePerson")
    here = {"study_id": world.study_id, "site_id": world.sites[0][1]}
    world.office.hire("colleague", (Role.INVESTIGATOR, here))
    colleague = System.of(world, "colleague")
    assert colleague.booked_alone("/code-breaks/review", code_break_id=number, signing=SIGNING)["at"]


def test_nobody_else_breaks_codes(investigator: System, world: World) -> None:
    """A pharmacist's role does not include it, nor does a token without the scope."""
    subject = investigator.randomizes()
    asked = {"subject": subject, "reason": "overdose", "signing": SIGNING}
    assert System.of(world, "pharmacist.0").does("/code-breaks", **asked).status_code == 403
    narrow = System.of(world, "investigator.0", [Permission.VIEW_SUBJECTS])
    assert narrow.does("/code-breaks", **asked).status_code == 403
