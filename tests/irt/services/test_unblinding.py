"""The five paths of unblinding: who may walk each, what is told to whom, and what stands in the log."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import SQLModel

from irt.blinding.actor import Actor, Grant
from irt.blinding.case_document import STAYS_BLINDED, case_csv
from irt.blinding.roles import Permission, Role
from irt.blinding.treatment_words import TellsTreatment
from irt.blinding.two_persons import SamePerson
from irt.blinding.unblinding import (
    Consequence,
    How,
    Path,
    Purpose,
    RecipientBlinded,
    ScopeKind,
    StudyNotLocked,
    Told,
)
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_unblinding_log import blinded_log, known_subjects
from irt.reads.unblinded_known_arms import known_arms, known_on
from irt.reads.unblinded_safety_cases import case_facts, safety_cases
from irt.reads.unblinded_unblinding_log import full_log, reads_whole_log
from irt.services.after_code_break import NarrateCodeBreak, narrate_code_break
from irt.services.assess_case import (
    AssessCase,
    CaseAssessed,
    CaseKnown,
    NamedCase,
    TakeCase,
    assess_case,
    show_case,
    take_case,
)
from irt.services.look_at_treatment import LookAtTreatment, look_at_treatment
from irt.services.plan_unblinding import (
    DecideUnblinding,
    PlanUnblinding,
    Recipient,
    UnblindingKnown,
    decide_unblinding,
    plan_unblinding,
)
from irt.services.record_accident import (
    AccidentKnown,
    DecideAccident,
    RecordAccident,
    decide_accident,
    record_accident,
)
from irt.services.sign_record import SigningRefused
from irt.services.store import Store
from irt.services.take_unblinded_list import TakeUnblindedList, UnblindingNotGranted, take_unblinded_list
from irt.tables.columns import table_of
from irt.tables.lock import StudyLockStep
from irt.tables.record import AuditEntry, AuditHead, Message, Outbox, Signature
from irt.tables.secret import SafetyCase, SecretAuditEntry
from irt.tables.study import Site, Study
from irt.tables.subject import Deviation
from tests.cast import Office, signing
from tests.irt.services.test_break_code import Ward
from tests.rows import put

SUBJECT = "101-001"
ANSWERS = {"serious": True, "suspected": True, "expected": False}


@pytest.fixture
def ward(sqlite_store: Store) -> Ward:
    """A study with one randomized subject, its investigator, and safety."""
    return Ward(Office.founded(sqlite_store))


def _hired(ward: Ward, name: str, role: Role) -> Actor:
    where = {"study_id": ward.study_id}
    if role in (Role.UNBLINDED_PHARMACIST, Role.PHARMACIST, Role.COORDINATOR):
        where["site_id"] = ward.ids["site"]
    return ward.office.hire(name, (role, where))


def _assess(ward: Ward, number: str = "C-1", who: Actor | None = None, **changes: Any) -> CaseAssessed:
    facts = {"study_id": ward.study_id, "subject": SUBJECT, "number": number, "reason": "Liver failure."}
    ask = AssessCase.model_validate({**facts, **ANSWERS, **changes, "signing": signing()})
    done: CaseAssessed = ward.office.does(who or ward.sam, assess_case, ask)
    return done


def _accident(ward: Ward, who: Actor, **changes: Any) -> Any:
    facts = {
        "study_id": ward.study_id,
        "subject": SUBJECT,
        "learner": "ira",
        "how": How.PAPER,
        "told": Told.CERTAIN,
        "learned_at": ward.office.now - timedelta(hours=2),
        "words": "A delivery note lay open in the ward.",
    }
    return ward.office.does(who, record_accident, RecordAccident.model_validate({**facts, **changes}))


def _plan(ward: Ward, who: Actor, **changes: Any) -> Any:
    facts = {
        "study_id": ward.study_id,
        "purpose": Purpose.INTERIM,
        "scope": ScopeKind.STUDY,
        "recipients": [Recipient(name="Dr Lund", organisation="Data monitoring committee")],
        "reason": "First interim look.",
        "stays_blinded": "Sponsor and sites.",
        "safeguards": "Closed report only.",
        "signing": signing(),
    }
    return ward.office.does(who, plan_unblinding, PlanUnblinding.model_validate({**facts, **changes}))


def _log(ward: Ward, who: Actor, whole: bool = False) -> list[tuple[Path, str, str]]:
    with ward.office.store.reading() as connection:
        read: Any = full_log if whole else blinded_log
        return [
            (line.path, line.record, line.category)
            for line in read(connection, who, ward.study_id, ward.office.now)
        ]


def _known(ward: Ward) -> dict[Path, tuple[int, ...]]:
    with ward.office.store.reading() as connection:
        return dict(known_arms(connection, ward.study_id))


def _public(ward: Ward) -> str:
    """Every row of every table that is not secret, but accounts and commands."""
    with ward.office.store.reading() as connection:
        public = [t for t in SQLModel.metadata.sorted_tables if not t.name.startswith("secret_")]
        return " ".join(str(tuple(row)) for table in public for row in connection.execute(select(table)))


# Safety


def test_safety_learns_the_treatment_of_one_subject_for_an_unexpected_reaction_alone(ward: Ward) -> None:
    """SAF-01: for every other answer the subject stays blinded, whatever it gets."""
    assert _assess(ward).arms == (ward.arm.name,)
    for number, answer in enumerate(("serious", "suspected", "expected")):
        told = _assess(ward, f"D-{number}", **{answer: not ANSWERS[answer]})
        assert (told.unblinded, told.arms) == (False, ())
    assert [row["unblinded"] for row in ward.rows(SafetyCase)] == [True, False, False, False]


def test_everybody_else_is_told_the_same_of_every_case(ward: Ward) -> None:
    """L31: from what is public nobody tells a case that was unblinded from one that was not."""
    _assess(ward, "C-1")
    ward.office.wait(minutes=1)
    _assess(ward, "C-2", expected=True)
    said = [
        [
            (row["act"], row["new"] and sorted(row["new"]))
            for row in ward.rows(AuditEntry)
            if row["record"] == number
        ]
        for number in ("C-1", "C-2")
    ]
    assert said[0] == said[1]
    assert [row["sentence"].replace("C-2", "C-1") for row in ward.rows(Message)] == [
        ward.rows(Message)[0]["sentence"]
    ] * 2
    assert [row["kind"] for row in ward.rows(Outbox)] == ["safety_case_assessed"] * 2
    assert [row["audience"] for row in ward.rows(Outbox)] == ["blinded"] * 2
    assert "Liver failure" not in _public(ward)
    assert ward.arm.name not in _public(ward)


def test_the_result_goes_to_the_safety_desk_alone(ward: Ward) -> None:
    """Neither an investigator nor the statistician assesses or reads a case; a second press tells nothing again."""
    uma = _hired(ward, "uma", Role.UNBLINDED_STATISTICIAN)
    for who in (ward.ira, uma):
        with pytest.raises((NotAllowed, NotFound)):
            _assess(ward, who=who)
    _assess(ward)
    with pytest.raises(CaseKnown):
        _assess(ward)
    ask = NamedCase(study_id=ward.study_id, number="C-1")
    assert ward.office.does(ward.sam, show_case, ask).arms == (ward.arm.name,)
    with pytest.raises((NotAllowed, NotFound)):
        ward.office.does(uma, show_case, ask)
    assert [row["act"] for row in ward.rows(AuditEntry)][-1] == "safety_case_shown"


def test_the_document_asks_for_a_second_confirmation_and_is_noted(ward: Ward) -> None:
    """L27: its number again and the password; of a blinded case it says so in the treatment's place."""
    _assess(ward, "C-1")
    _assess(ward, "C-2", expected=True)
    wrong = TakeCase(study_id=ward.study_id, number="C-1", again="C-2", signing=signing())
    with pytest.raises(BadInput, match="another one"):
        ward.office.does(ward.sam, take_case, wrong)
    texts = []
    for number in ("C-1", "C-2"):
        ask = TakeCase(study_id=ward.study_id, number=number, again=number, signing=signing())
        arms = ward.office.does(ward.sam, take_case, ask).arms
        with ward.office.store.reading() as connection:
            texts.append(
                case_csv(case_facts(connection, ward.study_id, number, arms, ward.office.now.date())).decode()
            )
    assert f"G.k.2.2,14,Medicinal product,{ward.arm.name}\r\n" in texts[0]
    assert f'G.k.2.2,14,Medicinal product,"{STAYS_BLINDED}"\r\n' in texts[1]
    assert [row["act"] for row in ward.rows(AuditEntry)].count("safety_case_taken") == 2


def test_the_signature_of_a_case_holds_and_cannot_be_guessed(ward: Ward) -> None:
    """The same answers of the same subject at the same time hash differently: they are salted."""
    _assess(ward, "C-1")
    _assess(ward, "C-2")
    contents = [row["body"]["content"] for row in ward.rows(SecretAuditEntry) if "content" in row["body"]]
    assert contents[0]["salt"] != contents[1]["salt"]
    assert {row["meaning"] for row in ward.rows(Signature)} == {"I assessed this safety case"}


# Accidents


def test_anybody_records_an_accident_and_the_person_is_flagged_for_that_subject(ward: Ward) -> None:
    """With a deviation and neutral notices; nobody is expelled."""
    cora = _hired(ward, "cora", Role.COORDINATOR)
    done = _accident(ward, cora)
    assert (done.number, done.deviation) == ("A-0001", "D-0001")
    assert ward.rows(Deviation)[0]["kind"] == "accidental_unblinding"
    assert [row["audience"] for row in ward.rows(Message)] == ["blinded", "safety"]
    with ward.office.store.reading() as connection:
        (flag,) = known_subjects(connection, ward.ira, ward.study_id)
    assert (flag.person, flag.subject, flag.path) == ("Ira Holm", SUBJECT, Path.ACCIDENT)
    assert ward.office.account("ira").grant_for(Permission.BREAK_CODE, ward.study_id, ward.ids["site"]) is not None


@pytest.mark.parametrize("where", ["words", "learner"])
def test_a_text_that_names_a_treatment_is_refused_whichever_it_is(ward: Ward, where: str) -> None:
    """The same sentence for every arm, so that the refusal tells nothing either."""
    sentences = set()
    definition = ward.office.store.definitions[(ward.study_id, 1)]
    for arm in definition.arms:
        with pytest.raises(TellsTreatment) as refused:
            _accident(ward, ward.ira, **{where: f"The ward knows of {arm.name.upper()} now."})
        sentences.add(refused.value.sentence)
    assert len(sentences) == 1
    assert ward.rows(Deviation) == []


def test_what_cannot_be_is_refused(ward: Ward) -> None:
    """A moment that has not come, a subject of another study, a person without any role here."""
    with pytest.raises(BadInput, match="has not come"):
        _accident(ward, ward.ira, learned_at=ward.office.now + timedelta(minutes=1))
    with pytest.raises(NotFound):
        _accident(ward, ward.ira, subject="999-999")
    with pytest.raises(NotFound):
        _accident(ward, ward.office.hire("nobody"))


def test_the_study_team_decides_once_what_follows(ward: Ward) -> None:
    """Signed; the log owes nothing then."""
    _accident(ward, ward.ira)
    team = _hired(ward, "theo", Role.STUDY_TEAM)
    ask = DecideAccident(
        study_id=ward.study_id,
        number="A-0001",
        consequence=Consequence.OTHER_ASSESSOR,
        words="A colleague rates the symptoms.",
        signing=signing(),
    )
    with pytest.raises(NotAllowed):
        ward.office.does(ward.ira, decide_accident, ask)
    ward.office.does(team, decide_accident, ask)
    with pytest.raises(AccidentKnown):
        ward.office.does(team, decide_accident, ask)
    with ward.office.store.reading() as connection:
        (line,) = blinded_log(connection, team, ward.study_id, ward.office.now)
    assert (line.open, "another person assesses" in line.said) == ("", True)


def test_a_narrative_that_names_a_treatment_is_refused(ward: Ward) -> None:
    """What is read by blinded people afterwards holds no treatment's name."""
    broken = ward.breaks(ward.ira)
    told = f"The subject fainted after {ward.arm.name}."
    with pytest.raises(TellsTreatment):
        ward.office.does(
            ward.ira, narrate_code_break, NarrateCodeBreak(code_break_id=broken.code_break_id, narrative=told)
        )


# Planned


def test_an_interim_list_needs_two_people_and_two_confirmations(ward: Ward) -> None:
    """Asked by the statistician, granted by the study team, taken as one file with count and hash."""
    uma, theo = _hired(ward, "uma", Role.UNBLINDED_STATISTICIAN), _hired(ward, "theo", Role.STUDY_TEAM)
    assert _plan(ward, uma).subjects == 1
    take = TakeUnblindedList(study_id=ward.study_id, number="U-0001", again="U-0001", signing=signing())
    with pytest.raises(UnblindingNotGranted):
        ward.office.does(uma, take_unblinded_list, take)
    grant = DecideUnblinding(study_id=ward.study_id, number="U-0001", granted=True, signing=signing())
    ward.office.does(theo, decide_unblinding, grant)
    with pytest.raises(UnblindingKnown):
        ward.office.does(theo, decide_unblinding, grant)
    with pytest.raises(BadInput, match="another one"):
        ward.office.does(uma, take_unblinded_list, take.model_copy(update={"again": "U-0002"}))
    with pytest.raises(NotAllowed):
        ward.office.does(theo, take_unblinded_list, take)
    taken = ward.office.does(uma, take_unblinded_list, take)
    assert (taken.subjects, taken.content.decode().splitlines()[1].split(",")[0]) == (1, SUBJECT)
    assert taken.content.decode().splitlines()[1].endswith(f"{ward.arm.code},{ward.arm.name}")
    assert taken.sha256 not in _public(ward)
    assert ward.arm.name not in _public(ward)


def test_a_final_list_needs_the_lock_and_the_whole_study(ward: Ward) -> None:
    """Before the lock it is refused, after it a part of the study is; safety and accidents go on."""
    uma = _hired(ward, "uma", Role.UNBLINDED_STATISTICIAN)
    with pytest.raises(StudyNotLocked):
        _plan(ward, uma, purpose=Purpose.FINAL)
    step = {"number": 1, "step": "set", "reason": "Clean", "conditions": {}, "agreed": {}, "content_hash": ""}
    put(ward.office.store, StudyLockStep, **ward.owner, **step, account_id=uma.account_id, at=ward.office.now)
    with ward.office.store.writing() as connection:
        connection.execute(update(table_of(AuditHead)).values(closed=True))
    with pytest.raises(BadInput, match="whole study"):
        _plan(ward, uma, purpose=Purpose.FINAL, scope=ScopeKind.SUBJECTS, values=[SUBJECT])
    assert _plan(ward, uma, purpose=Purpose.FINAL).number == "U-0001"
    assert _assess(ward).unblinded is True
    assert _accident(ward, ward.ira).number == "A-0001"


def test_nobody_blinded_receives_an_interim_list(ward: Ward) -> None:
    """Named by user name, a blinded person is refused; a subject unknown to the study too; alone nobody decides."""
    uma = _hired(ward, "uma", Role.UNBLINDED_STATISTICIAN)
    ira = Recipient(name="Ira Holm", organisation="Site 101", username="ira")
    with pytest.raises(RecipientBlinded, match="ira: blinded"):
        _plan(ward, uma, recipients=[ira])
    with pytest.raises(BadInput, match="no randomized subject"):
        _plan(ward, uma, scope=ScopeKind.SUBJECTS, values=["999-999"])
    with pytest.raises(BadInput, match="no cohort"):
        _plan(ward, uma, scope=ScopeKind.COHORT, values=["C9"])
    _plan(ward, uma)
    grant = DecideUnblinding(study_id=ward.study_id, number="U-0001", granted=True, signing=signing())
    everything = replace(uma, grants=(*uma.grants, Grant(Role.STUDY_TEAM)))
    with pytest.raises(SamePerson):
        ward.office.does(everything, decide_unblinding, grant)


# The unblinded pharmacist, the log, and what can be guessed


def test_each_look_of_the_unblinded_pharmacist_is_logged(ward: Ward) -> None:
    """At one subject or at the site's kits; a blinded pharmacist may not look."""
    ute, pat = _hired(ward, "ute", Role.UNBLINDED_PHARMACIST), _hired(ward, "pat", Role.PHARMACIST)
    for subject in (SUBJECT, None):
        ward.office.does(
            ute, look_at_treatment, LookAtTreatment(study_id=ward.study_id, site="101", subject=subject)
        )
    with pytest.raises(NotAllowed):
        ward.office.does(pat, look_at_treatment, LookAtTreatment(study_id=ward.study_id, site="101"))
    lines = _log(ward, ward.sam, whole=True)
    assert [line[0] for line in lines] == [Path.PHARMACIST] * 2
    assert _log(ward, ward.sam) == []


def test_the_log_tells_each_reader_what_they_may_know(ward: Ward) -> None:
    """Blinded: code breaks, plans and accidents; safety and the unblinded statistician: all five; no treatment."""
    uma, theo = _hired(ward, "uma", Role.UNBLINDED_STATISTICIAN), _hired(ward, "theo", Role.STUDY_TEAM)
    ute = _hired(ward, "ute", Role.UNBLINDED_PHARMACIST)
    ward.breaks(ward.ira)
    _accident(ward, ward.ira)
    _plan(ward, uma)
    _assess(ward)
    ward.office.does(ute, look_at_treatment, LookAtTreatment(study_id=ward.study_id, site="101"))
    assert {line[0] for line in _log(ward, theo)} == {Path.EMERGENCY, Path.ACCIDENT, Path.PLANNED}
    assert {line[0] for line in _log(ward, ward.ira)} == {Path.EMERGENCY, Path.ACCIDENT}
    assert {line[0] for line in _log(ward, uma, whole=True)} == set(Path)
    readers = (uma, ward.sam, theo, ward.ira)
    assert [reads_whole_log(who, ward.study_id) for who in readers] == [True, True, False, False]
    assert all(ward.arm.name not in str(line) for line in _log(ward, uma, whole=True))
    with ward.office.store.reading() as connection:
        later = blinded_log(connection, theo, ward.study_id, ward.office.now + timedelta(hours=25))
    owed = {line.path: line.open for line in later}
    assert owed == {
        Path.EMERGENCY: "narrative overdue, review overdue",
        Path.ACCIDENT: "consequence to be decided",
        Path.PLANNED: "decision due",
    }


@pytest.mark.parametrize("path", list(Path))
def test_after_each_path_the_statistician_sees_what_can_be_guessed(ward: Ward, path: Path) -> None:
    """Randomization 1 is known on the path that was walked and on no other; single subjects count by themselves."""
    uma, theo = _hired(ward, "uma", Role.UNBLINDED_STATISTICIAN), _hired(ward, "theo", Role.STUDY_TEAM)
    ute = _hired(ward, "ute", Role.UNBLINDED_PHARMACIST)
    assert set(_known(ward).values()) == {()}

    def take() -> None:
        _plan(ward, uma)
        grant = DecideUnblinding(study_id=ward.study_id, number="U-0001", granted=True, signing=signing())
        ward.office.does(theo, decide_unblinding, grant)
        take = TakeUnblindedList(study_id=ward.study_id, number="U-0001", again="U-0001", signing=signing())
        ward.office.does(uma, take_unblinded_list, take)

    look = LookAtTreatment(study_id=ward.study_id, site="101", subject=SUBJECT)
    walked: dict[Path, Any] = {
        Path.EMERGENCY: lambda: ward.breaks(ward.ira),
        Path.SAFETY: lambda: _assess(ward),
        Path.ACCIDENT: lambda: _accident(ward, ward.ira),
        Path.PHARMACIST: lambda: ward.office.does(ute, look_at_treatment, look),
        Path.PLANNED: take,
    }
    walked[path]()
    known = _known(ward)
    assert known == {each: ((1,) if each is path else ()) for each in Path}
    assert known_on(known) == ([] if path in (Path.PHARMACIST, Path.PLANNED) else [1])


def test_a_case_that_stays_blinded_tells_nothing_to_guess_from(ward: Ward) -> None:
    """Assessed and not unblinded: nobody knows more than before."""
    _assess(ward, expected=True)
    assert _known(ward)[Path.SAFETY] == ()
    with ward.office.store.reading() as connection:
        (case,) = safety_cases(connection, ward.study_id)
    assert (case.unblinded, case.person) == (False, "Sam Holm")


def test_a_wrong_password_tells_nothing(ward: Ward) -> None:
    """The case is not booked."""
    asked = {"study_id": ward.study_id, "subject": SUBJECT, "number": "C-1", "reason": "Unclear.", **ANSWERS}
    ask = AssessCase.model_validate({**asked, "signing": signing("not the password")})
    with pytest.raises(SigningRefused):
        ward.office.does(ward.sam, assess_case, ask)
    assert ward.rows(SafetyCase) == []


def test_nothing_of_the_sponsors_stops_a_code_break(ward: Ward) -> None:
    """A closed site, a locked database and a stop of supply refuse nothing, and no second person is asked."""
    ward.breaks(ward.ira)
    with ward.office.store.writing() as connection:
        connection.execute(update(table_of(AuditHead)).values(closed=True))
        connection.execute(update(table_of(Site)).values(status="closed"))
        connection.execute(update(table_of(Study)).values(open_holds=1))
    assert ward.breaks(ward.ira).view is not None
