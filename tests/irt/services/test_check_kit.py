"""Scans: a right kit is ticked, a wrong one never booked; both are recorded, and no word hints at a treatment."""

import pytest

from irt.blinding.roles import Role
from irt.errors import NotAllowed, NotFound
from irt.services.check_kit import CheckKit, ScanAnswer, check_kit
from irt.services.dispensings import DispensingReceipt
from irt.tables.kit import DispensedKit, Kit, Scan
from irt.tables.study import Study
from tests.builders_trial import SECOND_SITE, Trial


@pytest.fixture
def open_one(sqlite_trial: Trial) -> DispensingReceipt:
    """A dispensing of two kits."""
    return sqlite_trial.assign(sqlite_trial.randomized())


def scan(trial: Trial, dispensing: DispensingReceipt, read: str) -> ScanAnswer:
    """One scan."""
    ask = CheckKit(study_id=1, dispensing_id=dispensing.dispensing_id, read=read)
    return trial.do(trial.staff, check_kit, ask)


def test_right_kits_are_ticked_one_by_one(trial: Trial) -> None:
    """The answer counts down and says what to do next; every scan is kept."""
    dispensing = trial.assign(trial.randomized())
    one, two = (kit.number for kit in dispensing.kits)
    first, second = scan(trial, dispensing, two), scan(trial, dispensing, one)
    assert (first.title, first.sentence, first.left) == (f"{two} is right. One more kit.", f"Next: {one}.", 1)
    assert (second.title, second.left) == (f"{one} is right. All kits are checked.", 0)
    assert second.sentence == "Confirm the hand-over."
    assert [kit.status for kit in second.dispensing.kits] == ["checked", "checked"]
    assert [(row["read"], row["accepted"]) for row in trial.rows(Scan)] == [(two, True), (one, True)]
    assert all(row["checked_at"] for row in trial.rows(DispensedKit))


@pytest.mark.parametrize("form", ["{0}", " {0} ", "(01)04012345678901(21){0}", "]d2010401234567890121{0}"])
def test_every_form_of_the_number_is_understood(
    sqlite_trial: Trial, open_one: DispensingReceipt, form: str
) -> None:
    """Typed, with blanks, or from the two-dimensional code; what was read is kept as it was."""
    number = open_one.kits[0].number
    answer = scan(sqlite_trial, open_one, form.format(number))
    assert (answer.accepted, answer.read) == (True, number)
    assert sqlite_trial.rows(Scan)[0]["read"] == form.format(number)


@pytest.mark.parametrize("same_type", [True, False])
def test_a_wrong_kit_changes_nothing(sqlite_trial: Trial, open_one: DispensingReceipt, same_type: bool) -> None:
    """Whether or not it holds the same treatment, the words are the same, and scanning goes straight on."""
    types, right = sqlite_trial.types(), [kit.number for kit in open_one.kits]
    alike = [n for n in sqlite_trial.shelf() if (types[n] == types[right[0]]) == same_type]
    before = sqlite_trial.rows(Kit)
    answer = scan(sqlite_trial, open_one, alike[0])
    assert not answer.accepted
    assert answer.title == f"{alike[0]} is not one of this visit's kits"
    assert answer.sentence == (
        f"Nothing was booked. Put {alike[0]} back and take {right[0]} or {right[1]}. "
        "You can go straight on scanning."
    )
    assert sqlite_trial.rows(Kit) == before
    line = sqlite_trial.audit()
    assert (line["act"], line["new"]["read"], line["new"]["answer"]) == ("scan_refused", alike[0], answer.title)
    assert scan(sqlite_trial, open_one, right[0]).accepted


@pytest.mark.parametrize("read", ["", "abc", "12", "(01)04012345678901", "]d2010401234567890199X"])
def test_what_is_no_number(sqlite_trial: Trial, open_one: DispensingReceipt, read: str) -> None:
    """It is told apart from a wrong kit, and recorded."""
    answer = scan(sqlite_trial, open_one, read)
    assert (answer.accepted, answer.title) == (False, "This is not a kit number")
    assert sqlite_trial.rows(Scan)[0]["refusal"] == answer.title


@pytest.mark.parametrize(
    ("form", "title"),
    [
        ("(01)09506000134352(21){0}(7240)ANOTHER-1", "This kit is of study ANOTHER-1, not of {1}"),
        ("]d2010950600013435210LOT-A121{0}", "The scanner ran two data fields into one"),
        ("]d2010950600013435210LOT-A1^21{0}", "The scanner sends ^ where the group separator belongs"),
    ],
)
def test_a_scan_of_another_study_or_a_scanner_set_up_wrongly(
    sqlite_trial: Trial, open_one: DispensingReceipt, form: str, title: str
) -> None:
    """Even of a right kit nothing is booked, and the words say what is wrong."""
    number, protocol = open_one.kits[0].number, sqlite_trial.rows(Study)[0]["protocol"]
    answer = scan(sqlite_trial, open_one, form.format(number))
    assert (answer.accepted, answer.title) == (False, title.format(number, protocol))
    assert answer.sentence.startswith("Nothing was booked.")
    assert scan(sqlite_trial, open_one, f"(01)09506000134352(21){number}(7240){protocol}").accepted


def test_a_kit_scanned_twice_keeps_its_first_time(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """Nothing changes, and it is said so."""
    number = open_one.kits[0].number
    scan(sqlite_trial, open_one, number)
    first = sqlite_trial.rows(DispensedKit)
    sqlite_trial.later(1)
    assert scan(sqlite_trial, open_one, number).title == f"{number} is already checked"
    assert sqlite_trial.rows(DispensedKit) == first


def test_after_the_end_nothing_is_ticked(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """The page shows the current state."""
    sqlite_trial.hand_over(open_one)
    answer = scan(sqlite_trial, open_one, open_one.kits[0].number)
    assert (answer.accepted, answer.title) == (False, "This dispensing has ended")
    assert {kit.status for kit in answer.dispensing.kits} == {"handed_over"}


def test_a_second_press_gives_the_first_answer(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """One scan is one row."""
    sqlite_trial.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    number = open_one.kits[0].number
    assert scan(sqlite_trial, open_one, number) == scan(sqlite_trial, open_one, number)
    assert len(sqlite_trial.rows(Scan)) == 1


def test_who_may_scan(sqlite_trial: Trial, open_one: DispensingReceipt) -> None:
    """Another site's staff find nothing; a monitor may not."""
    ask = CheckKit(study_id=1, dispensing_id=open_one.dispensing_id, read=open_one.kits[0].number)
    stranger = sqlite_trial.actor(Role.COORDINATOR, site_id=sqlite_trial.site_id(SECOND_SITE))
    with pytest.raises(NotFound):
        sqlite_trial.do(stranger, check_kit, ask)
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.MONITOR, check_kit, ask)
