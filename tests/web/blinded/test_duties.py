"""Duties at regular times: on the page of whoever does them, on the worklist, and once in a letter."""

from datetime import date, timedelta
from email.message import EmailMessage

from pydantic import SecretStr

from irt.blinding.roles import Role
from irt.services.accounts import CreateAccount, create_account
from irt.services.deliver_outbox import Mailroom, deliver_outbox
from irt.services.grant_role import GrantRole, grant_role
from irt.services.remind_of_duties import DutyRound
from irt.tables.record import Outbox
from tests.cast import PASSWORD, TEMPORARY
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.world import World


class Box:
    """Keeps every letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    def deliver(self, letter: EmailMessage) -> None:
        """Kept."""
        self.letters.append(letter)


def _due(world: World, person: str) -> list[tuple[str, str]]:
    """Kind and site of what is due to somebody, over the API."""
    return [(one["kind"], one["site"]) for one in System.of(world, person).asks("/duties").json()["items"]]


def test_reviews_come_to_quality_until_they_are_signed(world: World) -> None:
    """Two weeks before ninety days are over; a signed review ends it for another ninety."""
    quality = world.signed_in("quality.all")
    assert "Nothing is due in the next two weeks." in quality.get("/duties").text
    world.wait(days=80)
    quality = world.signed_in("quality.all")
    page = quality.get("/duties").text
    assert all(words in page for words in ("Review of the history", "Review of access", "Never reviewed"))
    assert _due(world, "quality.all") == [("access_review", ""), ("trail_review", "")]
    address = f"/studies/{world.study_id}/trail-reviews"
    assert address in page
    quality.get(address)
    quality.press(address, looked_at="All", findings="None", password=PASSWORD)
    assert _due(world, "quality.all") == [("access_review", "")]
    assert _due(world, "inspector.all") == []
    assert world.signed_in("inspector.all").get("/duties").status_code == 403


def test_a_sites_own_duties_stand_on_its_investigators_worklist(world: World) -> None:
    """Copy and practice of their own site, a month after it opened; colleagues are not bothered."""
    world.wait(days=25)
    assert _due(world, "investigator.0") == [
        ("code_break_practice", world.sites[0][0]),
        ("site_copy", world.sites[0][0]),
    ]
    worklist = world.signed_in("investigator.0").get("/worklist").text
    assert all(words in worklist for words in ("Your own copy of the records", "Practise a code break"))
    assert "Your own copy" not in world.signed_in("pharmacist.0").get("/worklist").text


def test_a_letter_goes_on_the_day_and_names_no_treatment(world: World) -> None:
    """To whoever has an address; who looks again that day writes nothing twice; a week later it goes again."""
    ask = CreateAccount(
        username="ines", printed_name="Ines", password=SecretStr(TEMPORARY), email="ines@x.example", trained=True
    )
    ines = world.office.does(world.office.ada, create_account, ask).account_id
    where = {"study_id": world.study_id, "site_id": world.sites[0][1]}
    grant = GrantRole(account_id=ines, role=Role.INVESTIGATOR, reason="hired", **where)
    world.office.does(world.office.ada, grant_role, grant)
    world.wait(days=25)
    due = date.fromisoformat(System.of(world, "investigator.0").asks("/duties").json()["items"][0]["due"])
    world.wait(days=(due - world.now.date()).days)
    assert [DutyRound(world.store).go(world.now) for _ in range(2)] == [1, 1]
    kinds = [row["kind"] for row in house_of(world).rows(Outbox)]
    assert kinds == ["duty_code_break_practice", "duty_site_copy"]
    box = Box()
    deliver_outbox(world.store, Mailroom(box, "irt@localhost"), world.now)
    practice, copy = box.letters
    assert (copy["To"], "your own copy of the records at site" in copy["Subject"]) == ("ines@x.example", True)
    assert f"never practised; due on {due:%d %b %Y}" in practice.get_content()
    again = DutyRound(world.store)
    assert [again.go(world.now + timedelta(days=days)) for days in (1, 7, 7)] == [0, 1, 0]
