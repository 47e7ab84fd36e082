"""A practised code break: the same way as in earnest, recorded for the site, asked for before it opens."""

from datetime import timedelta

import pytest

from irt.blinding.code_break import PRACTICE_TOLD, ReasonCategory
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.reads.blinded_code_break_tests import code_break_tests, due_sites
from irt.services.activate_site import ChangeSite, change_site
from irt.services.opening_words import TellOpeningWords, tell_opening_words
from irt.services.practise_code_break import (
    CodeBreakPractised,
    PractiseCodeBreak,
    PractiseSeal,
    practise_code_break,
    practise_seal,
)
from irt.services.remind_of_practice import RemindOfPractice, remind_of_practice
from irt.services.require_approvals import ApprovalsMissing
from irt.services.sessions import emergency_actor
from irt.services.sign_record import SigningRefused
from irt.services.store import Store
from irt.states.records import SiteEvent
from irt.study.activation import ActivationRules, ApprovalOf
from irt.tables.record import AuditEntry, Message, Outbox
from irt.tables.subject import CodeBreak
from irt.tables.unblinding import CodeBreakPractice
from tests.builders_trial import Trial
from tests.cast import Office, signing, token_of
from tests.irt.services.devices import code_of, enrolled
from tests.irt.services.test_break_code import Ward
from tests.irt.services.test_outage import issued


@pytest.fixture
def ward(sqlite_store: Store) -> Ward:
    """A study with a site, its investigator, and safety."""
    return Ward(Office.founded(sqlite_store))


def _practise(ward: Ward, who: object = None, code: str | None = None, site: str = "101") -> CodeBreakPractised:
    ask = PractiseCodeBreak(
        study_id=ward.study_id, site=site, reason=ReasonCategory.OVERDOSE, signing=signing(code=code)
    )
    done: CodeBreakPractised = ward.office.does(who or ward.ira, practise_code_break, ask)  # type: ignore[arg-type]  # an actor
    return done


def test_it_tells_nobodys_treatment_and_is_on_record(ward: Ward) -> None:
    """Per site and person; no code is broken, no flag is set, and the page says that it was a practice."""
    done = _practise(ward)
    assert done.view is not None
    assert (done.view.subject, done.view.arms) == ("PRACTICE-101", (PRACTICE_TOLD,))
    (row,) = ward.rows(CodeBreakPractice)
    assert (row["site_id"], row["account_id"], row["way"]) == (ward.ids["site"], ward.ira.account_id, "page")
    assert ward.rows(CodeBreak) == []
    assert ward.rows(AuditEntry)[-1]["act"] == "code_break_practised"


def test_the_way_without_the_second_factor_is_practised_too(ward: Ward) -> None:
    """From a session whose code is missing; and which was used stands in the record."""
    secret = enrolled(ward.office, "ira")
    half_open = emergency_actor(ward.office.store, token_of(ward.office.tries("ira")), ward.office.now)
    _practise(ward, half_open)
    _practise(ward, code=code_of(secret, ward.office.now))
    assert [row["second_factor"] for row in ward.rows(CodeBreakPractice)] == [False, True]


def test_it_asks_for_the_password_and_for_the_right(ward: Ward) -> None:
    """A wrong password counts as in earnest; another site reads as unknown; a pharmacist may not."""
    where = {"study_id": ward.study_id, "site_id": ward.ids["site"]}
    pharmacist = ward.office.hire("pat", (Role.PHARMACIST, where))
    ask = PractiseCodeBreak(
        study_id=ward.study_id, site="101", reason=ReasonCategory.OTHER, signing=signing("not the password")
    )
    with pytest.raises(SigningRefused):
        ward.office.does(ward.ira, practise_code_break, ask)
    for who, site in ((ward.ira, "999"), (pharmacist, "101")):
        with pytest.raises(NotFound):
            _practise(ward, who, site=site)
    assert ward.rows(CodeBreakPractice) == []


def test_sites_that_never_practised_are_listed_and_reminded(ward: Ward) -> None:
    """Once a day; a practice ends it for a year."""
    team = ward.office.hire("theo", (Role.STUDY_TEAM, {"study_id": ward.study_id}))

    def due() -> list[str]:
        with ward.office.store.reading() as connection:
            return [s.site for s in due_sites(code_break_tests(connection, team, ward.study_id, ward.office.now))]

    ask = RemindOfPractice(study_id=ward.study_id)
    assert due() == ["101"]
    assert ward.office.does(team, remind_of_practice, ask).sites == ["101"]
    assert [row["kind"] for row in ward.rows(Outbox)] == ["practice_asked"]
    assert "practise" in ward.rows(Message)[-1]["sentence"]
    with pytest.raises(BadInput):
        ward.office.does(team, remind_of_practice, ask)
    with pytest.raises(NotAllowed):
        ward.office.does(ward.ira, remind_of_practice, ask)
    _practise(ward)
    assert due() == []
    ward.office.now += timedelta(days=365)
    assert due() == ["101"]


def test_a_site_opens_only_after_it_where_the_study_file_asks(sqlite_trial: Trial) -> None:
    """The practice itself is the approval: nobody has to record it again."""
    trial = sqlite_trial
    asked = ActivationRules(site=(ApprovalOf.CODE_BREAK,), country=())
    trial.store.definitions[(trial.study_id, 1)] = trial.definition.model_copy(update={"activation": asked})
    opening = ChangeSite(study_id=1, site="1003", event=SiteEvent.ACTIVATE)
    with pytest.raises(ApprovalsMissing):
        trial.do(Role.SUPPLY_MANAGER, change_site, opening)
    ask = PractiseCodeBreak(study_id=1, site="1003", reason=ReasonCategory.OTHER, signing=signing())
    trial.do(Role.INVESTIGATOR, practise_code_break, ask)
    assert trial.do(Role.SUPPLY_MANAGER, change_site, opening).status == "active"


def test_the_practice_seal_of_a_pack_is_opened_by_hand(sqlite_trial: Trial) -> None:
    """Page 0 and slip 0 together say a tree; what another tree says is refused, the right one is on record."""
    trial = sqlite_trial
    trial.treated()
    issued(trial)
    desk = trial.actor(Role.SAFETY)
    pages = TellOpeningWords(study_id=1, number="K-0001", half="pages", signing=signing())
    told = trial.do(desk, tell_opening_words, pages)
    seal = told.practice
    assert seal is not None
    assert dict(seal.lines)[seal.word] == seal.told
    wrong = next(name for _, name in seal.lines if name != seal.told)
    investigator = trial.actor(Role.INVESTIGATOR)

    def reads(word: str) -> None:
        ask = PractiseSeal(study_id=1, pack="K-0001", read=word, signing=signing())
        trial.do(investigator, practise_seal, ask)

    with pytest.raises(BadInput, match="not what the practice page says"):
        reads(wrong)
    reads(seal.told)
    assert [row["way"] for row in trial.rows(CodeBreakPractice)] == ["seal"]
