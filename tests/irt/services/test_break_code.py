"""The emergency code break: one subject, by its own site or by safety, known to all, its arm to one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.blinding.code_break import BrokenCode, ReasonCategory, TooManyCodeBreaks
from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.errors import NotAllowed, NotFound
from irt.services.after_code_break import (
    AlreadyNoted,
    NarrateCodeBreak,
    ReviewCodeBreak,
    ShowBrokenCode,
    narrate_code_break,
    review_code_break,
    show_broken_code,
)
from irt.services.break_code import BreakCode, CodeBroken, NoCodeToBreak, break_code
from irt.services.sessions import emergency_actor
from irt.services.sign_record import SigningRefused
from irt.states.subject import SubjectStatus
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, Message, Outbox
from irt.tables.secret import SecretAuditEntry, TreatmentAssignment
from irt.tables.subject import CodeBreak, Randomization, Subject
from tests.builders_supply import the_study
from tests.cast import Office, signing, token_of
from tests.irt.services.devices import code_of, enrolled
from tests.rows import put, put_site, put_study


class Ward:
    """A blinded study with two randomized subjects at site 101, an investigator there, and safety."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.ids = put_study(office.store, "A-1")
        definition = the_study("fourier")
        office.store.definitions[(self.study_id, 1)] = definition
        self.arm = definition.arms[0]
        self.subject("101-001")
        self.subject("101-002", randomized=False)
        self.ira = office.hire("ira", (Role.INVESTIGATOR, {"study_id": self.study_id, "site_id": self.ids["site"]}))
        self.sam = office.hire("sam", (Role.SAFETY, {"study_id": self.study_id}))

    @property
    def study_id(self) -> int:
        """The study."""
        return self.ids["study"]

    @property
    def owner(self) -> dict[str, int]:
        """The keys of its rows."""
        return {"sponsor_id": self.ids["sponsor"], "study_id": self.study_id}

    def subject(self, number: str, randomized: bool = True) -> None:
        """One subject of site 101, with its treatment."""
        store, day = self.office.store, self.office.now.date()
        status = SubjectStatus.RANDOMIZED if randomized else SubjectStatus.SCREENING
        facts = {"site_id": self.ids["site"], "number": number, "status": status, "screened_on": day}
        subject_id = put(store, Subject, **self.owner, **facts)
        if not randomized:
            return
        randomization_id = put(
            store,
            Randomization,
            **self.owner,
            subject_id=subject_id,
            site_id=self.ids["site"],
            number=f"R{number}",
            assignment_number=1,
            version_number=1,
            levels={},
            at=self.office.now,
            on_day=day,
        )
        put(
            store,
            TreatmentAssignment,
            **self.owner,
            randomization_id=randomization_id,
            arm=self.arm.code,
            method="",
            stratum="",
            probabilities={},
            draws=[],
            state_seen={},
            stock_seen={},
            engine="",
        )

    def breaks(self, who: Actor, subject: str = "101-001", code: str | None = None, **more: Any) -> CodeBroken:
        """One code break with the password, and the code where one is given."""
        ask = BreakCode(
            study_id=self.study_id,
            subject=subject,
            reason=ReasonCategory.MEDICAL_EMERGENCY,
            signing=signing(more.get("password", "a stone in the river"), code=code),
        )
        answer: CodeBroken = self.office.does(who, break_code, ask, more.get("key"))
        return answer

    def rows(self, model: type[SQLModel]) -> list[dict[str, Any]]:
        """All rows of a table."""
        table = table_of(model)
        with self.office.store.reading() as connection:
            return [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]


@pytest.fixture
def ward(office: Office) -> Ward:
    """The study, on each database."""
    return Ward(office)


def test_it_tells_the_treatment_of_one_subject_at_once(ward: Ward) -> None:
    """With the password alone; the break must then be reviewed within 24 hours."""
    answer = ward.breaks(ward.ira)
    assert answer.view == BrokenCode(
        "101-001", (ward.arm.name,), ward.office.now, "Medical emergency", ward.office.now + timedelta(hours=24)
    )
    assert ward.rows(Subject)[0]["code_broken_at"] == ward.office.now
    assert ward.rows(Subject)[1]["code_broken_at"] is None


def test_it_works_in_a_session_whose_code_is_missing(ward: Ward) -> None:
    """A lost telephone must not stand between a patient and the treatment's name."""
    enrolled(ward.office, "ira")
    half_open = emergency_actor(ward.office.store, token_of(ward.office.tries("ira")), ward.office.now)
    assert half_open is not None
    assert ward.breaks(half_open).view is not None


def test_with_both_components_no_review_is_asked_for(ward: Ward) -> None:
    """The row tells which were used."""
    secret = enrolled(ward.office, "ira")
    answer = ward.breaks(ward.ira, code=code_of(secret, ward.office.now))
    assert answer.review_due_at is None
    assert [row["second_factor"] for row in ward.rows(CodeBreak)] == [True]


def test_the_arm_is_in_secret_tables_alone(ward: Ward) -> None:
    """Everybody else reads that it happened, when, by whom and the category of the reason (L32)."""
    ward.breaks(ward.ira)
    entry = ward.rows(AuditEntry)[-1]
    assert (entry["act"], entry["record"], entry["person"]) == ("code_broken", "101-001", "Ira Holm, investigator")
    assert ward.rows(SecretAuditEntry)[-1]["body"] == {"arms": [ward.arm.name]}
    with ward.office.store.reading() as connection:
        public = [t for t in SQLModel.metadata.sorted_tables if not t.name.startswith("secret_")]
        told = " ".join(str(tuple(row)) for table in public for row in connection.execute(select(table)))
    assert "Medical emergency" in told or "medical emergency" in told
    assert ward.arm.name not in told
    assert f"'{ward.arm.code}'" not in told


def test_site_and_safety_are_told_without_the_arm(ward: Ward) -> None:
    """One message a page and one to send, for each."""
    ward.breaks(ward.ira)
    messages = ward.rows(Message)
    assert [(m["audience"], m["site_id"]) for m in messages] == [("blinded", ward.ids["site"]), ("safety", None)]
    assert messages[0]["sentence"] == (
        "The code of subject 101-001 was broken on 02 Mar 2026 at 08:00 UTC: medical emergency."
    )
    outbox = ward.rows(Outbox)
    assert [m["audience"] for m in outbox] == ["blinded", "safety"]
    assert set(outbox[0]["body"]) == {"study", "site", "subject", "at", "reason_category"}


def test_another_site_finds_no_such_subject_and_safety_finds_any(ward: Ward) -> None:
    """An investigator breaks codes of the own site only; a pharmacist breaks none."""
    other = put_site(ward.office.store, ward.owner, ward.ids["depot"], "202")
    ines = ward.office.hire("ines", (Role.INVESTIGATOR, {"study_id": ward.study_id, "site_id": other}))
    where = {"study_id": ward.study_id, "site_id": ward.ids["site"]}
    pharmacist = ward.office.hire("pat", (Role.PHARMACIST, where))
    with pytest.raises(NotFound):
        ward.breaks(ines)
    with pytest.raises(NotAllowed):
        ward.breaks(pharmacist)
    assert ward.breaks(ward.sam).view is not None


def test_a_wrong_password_tells_nothing_and_counts(ward: Ward) -> None:
    """The attempt is kept; the subject's code is not broken."""
    with pytest.raises(SigningRefused, match="4 tries left"):
        ward.breaks(ward.ira, password="not the password")
    assert ward.rows(CodeBreak) == []
    assert ward.rows(Subject)[0]["code_broken_at"] is None
    assert "3 tries" in ward.office.tries("ira", "not the password").sentence


def test_three_an_hour_with_the_password_alone(ward: Ward) -> None:
    """The fourth needs the code, or time."""
    secret = enrolled(ward.office, "ira")
    for _ in range(3):
        ward.breaks(ward.ira)
    with pytest.raises(TooManyCodeBreaks):
        ward.breaks(ward.ira)
    assert ward.rows(AuditEntry)[-1]["act"] == "code_break_refused"
    ward.breaks(ward.ira, code=code_of(secret, ward.office.now))
    ward.breaks(ward.sam)
    ward.office.wait(hours=1)
    assert ward.breaks(ward.ira).view is not None


def test_a_subject_without_randomization_has_no_code(ward: Ward) -> None:
    """It says so and records nothing."""
    with pytest.raises(NoCodeToBreak):
        ward.breaks(ward.ira, "101-002")
    assert ward.rows(CodeBreak) == []


def test_a_double_click_breaks_once_and_tells_once(ward: Ward) -> None:
    """The stored answer holds no treatment: to see it again is an act of its own."""
    first, again = ward.breaks(ward.ira, key="k"), ward.breaks(ward.ira, key="k")
    assert first.code_break_id == again.code_break_id
    assert again.view is None
    assert len(ward.rows(CodeBreak)) == 1


def test_every_showing_is_logged_and_only_for_the_one_who_broke(ward: Ward) -> None:
    """Safety, who may break codes, must break it too."""
    broken = ward.breaks(ward.ira)
    ask = ShowBrokenCode(code_break_id=broken.code_break_id)
    for _ in range(2):
        assert ward.office.does(ward.ira, show_broken_code, ask).view == broken.view
    assert [row["act"] for row in ward.rows(AuditEntry)][-2:] == ["broken_code_shown"] * 2
    with pytest.raises(NotFound):
        ward.office.does(ward.sam, show_broken_code, ask)


def test_the_narrative_is_given_once(ward: Ward) -> None:
    """By the one who broke the code."""
    broken = ward.breaks(ward.ira)
    ask = NarrateCodeBreak(code_break_id=broken.code_break_id, narrative="The subject fainted in the ward.")
    with pytest.raises(NotFound):
        ward.office.does(ward.sam, narrate_code_break, ask)
    ward.office.does(ward.ira, narrate_code_break, ask)
    with pytest.raises(AlreadyNoted):
        ward.office.does(ward.ira, narrate_code_break, ask)
    assert ward.rows(CodeBreak)[0]["narrative"] == "The subject fainted in the ward."


def test_the_review_is_another_persons(ward: Ward) -> None:
    """Signed, once."""
    broken = ward.breaks(ward.ira)
    ask = ReviewCodeBreak(code_break_id=broken.code_break_id, signing=signing())
    with pytest.raises(SamePerson):
        ward.office.does(ward.ira, review_code_break, ask)
    ward.office.does(ward.sam, review_code_break, ask)
    with pytest.raises(AlreadyNoted):
        ward.office.does(ward.sam, review_code_break, ask)
    assert ward.rows(CodeBreak)[0]["reviewed_by_id"] == ward.sam.account_id
