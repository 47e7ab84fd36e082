"""Lists under two-person approval: asked for, granted, loaded, taken position by position, extended."""

import pytest

from irt.blinding.roles import Role
from irt.blinding.two_persons import RecordChanged, SamePerson
from irt.errors import NotAllowed
from irt.randomization.listed import ListExhausted
from irt.randomization.lists import structure
from irt.randomization.lists.read_list import read_list
from irt.reads.unblinded_lists import depletion, loaded_lists
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.load_randomization_list import RandomizationListNotApproved, load_randomization_list
from irt.services.load_study import LoadStudy, load_study
from irt.services.randomization_lists import AskRandomizationList as Ask
from irt.services.randomization_lists import (
    ListKnown,
    ListOfAnotherMode,
    NoListedStudy,
    ask_randomization_list,
)
from irt.services.randomize_subject import randomize_subject
from irt.services.store import Store
from irt.states.records import Mode
from irt.tables.record import AuditEntry
from irt.tables.secret import AllocationState, ListEntry, RandomizationList
from tests.builders_designs import DesignedTrial, a_study, without_stock
from tests.builders_lists import FIRST, a_listed_trial, asked, decided, loaded, loading, matter, sha_of
from tests.cast import signing

LOW, HIGH = {"ldl": "LT85"}, {"ldl": "GE85"}


def text_of(*arms: str) -> str:
    """A list of both strata with these arms in each."""
    lines = [f"ldl={level},{place},{arm}" for level in ("LT85", "GE85") for place, arm in enumerate(arms, start=1)]
    return "\n".join(["stratum,position,arm", *lines, ""])


def entries(trial: DesignedTrial, stratum: str) -> list[str]:
    """The arms of a stratum's list."""
    rows = sorted(trial.rows(ListEntry), key=lambda row: row["position"])
    return [row["arm"] for row in rows if row["stratum"] == f"ldl={stratum}"]


def asking(trial: DesignedTrial, **changes: object) -> Ask:
    """A list as it is asked for."""
    return Ask(**{"study_id": trial.study_id, "mode": Mode.PRODUCTION, **changes})


def test_subjects_take_the_positions_of_their_stratum(store: Store) -> None:
    """In order, nothing drawn, everything derived again; the root is published, the arms are not."""
    trial = a_listed_trial(store)
    done = loaded(trial)
    assert done.positions == 12
    for levels in (LOW, LOW, HIGH, LOW):
        trial.randomized(levels=levels)
    drawn = trial.drawn()
    assert [row["arm"] for row in drawn if row["stratum"] == "ldl=LT85"] == entries(trial, "LT85")[:3]
    assert all(row["draws"] == [] for row in drawn)
    assert trial.rederived().same == 4
    (line,) = [row for row in trial.rows(AuditEntry) if row["act"] == "randomization_list_loaded"]
    assert line["new"]["merkle_root"] == done.merkle_root
    assert trial.rows(RandomizationList)[0]["sha256"] not in str(line["new"])


def test_an_exhausted_list_consumes_nothing_and_an_extension_goes_on(store: Store) -> None:
    """Named, in neutral words; the extension is approved like the first list and continues its positions."""
    trial = a_listed_trial(store, positions=2)
    loaded(trial)
    for _ in range(2):
        trial.randomized(levels=LOW)
    before = trial.rows(AllocationState)
    refusal = trial.refuses(randomize_subject, trial.asking(trial.screen(), levels=LOW), ListExhausted)
    assert "LT85" not in refusal.sentence
    assert trial.rows(AllocationState) == before
    done = loaded(trial, positions=4)
    assert done.number == 2
    trial.randomized(levels=LOW)
    assert trial.drawn()[-1]["arm"] == entries(trial, "LT85")[2]
    assert trial.rederived().same == 3


def test_a_list_of_others_is_imported(store: Store) -> None:
    """Codes explained; a stratum without a list, a short list, and a broken ratio are named with the line."""
    trial = a_listed_trial(store)
    arms = [arm.code for arm in trial.definition.arms]
    codes = {"1": arms[0], "2": arms[1]}
    good = text_of(*"121221")
    for text, kind in (
        (good.replace("ldl=GE85", "ldl=XX"), structure.UnknownStratum),
        ("\n".join(good.splitlines()[:7]), structure.StratumWithoutList),
        (text_of(*"1221"), structure.ListTooShort),
        (text_of(*"111221"), structure.NeverDrawn),
        (good.replace("GE85,4", "GE85,5"), structure.OutOfOrder),
    ):
        with pytest.raises(kind):
            trial.do(FIRST, ask_randomization_list, asking(trial, text=text, codes=codes))
    loaded(trial, text=good, codes=codes)
    assert entries(trial, "GE85") == [codes[code] for code in "121221"]


def test_two_people_and_exactly_that_list(store: Store) -> None:
    """Nobody grants their own, another hash is refused, and nothing is loaded before."""
    trial = a_listed_trial(store)
    approval_id = asked(trial)
    digest = sha_of(matter(trial, approval_id)["csv"])
    with pytest.raises(RandomizationListNotApproved):
        trial.do(FIRST, load_randomization_list, loading(trial, approval_id))
    with pytest.raises(SamePerson):
        decided(trial, approval_id, digest, who=FIRST)
    with pytest.raises(RecordChanged):
        decided(trial, approval_id, "0" * 64)
    decided(trial, approval_id, digest, granted=False)
    with pytest.raises(RandomizationListNotApproved):
        trial.do(FIRST, load_randomization_list, loading(trial, approval_id))
    assert trial.rows(ListEntry) == []


def test_each_mode_has_lists_of_its_own(store: Store) -> None:
    """A production list is refused in a test study, by its mode and by its hash; a list is loaded once."""
    trial = a_listed_trial(store)
    with pytest.raises(ListOfAnotherMode):
        trial.do(FIRST, ask_randomization_list, asking(trial, mode=Mode.TEST))
    approval_id = asked(trial)
    decided(trial, approval_id, sha_of(matter(trial, approval_id)["csv"]))
    trial.do(FIRST, load_randomization_list, loading(trial, approval_id))
    with pytest.raises(ListKnown):
        trial.do(FIRST, load_randomization_list, loading(trial, approval_id))


def test_a_production_list_is_refused_in_a_test_study(store: Store) -> None:
    """Known by its hash, whatever it is said to be for; and the two studies have different seeds."""
    trial = a_listed_trial(store)
    loaded(trial)
    text = trial.rows(RandomizationList)[0]["csv"]
    again = LoadStudy(definition=trial.definition.model_dump(mode="json"), mode=Mode.TEST, effective_from=trial.day)
    test_study = trial.do(Role.CONFIGURATOR, load_study, again).study_id
    trial.do(Role.STUDY_TEAM, approve_version, ApproveVersion(study_id=test_study, version=1, signing=signing()))
    with pytest.raises(ListOfAnotherMode, match="production"):
        trial.do(FIRST, ask_randomization_list, Ask(study_id=test_study, mode=Mode.TEST, text=text))
    approval = trial.do(FIRST, ask_randomization_list, Ask(study_id=test_study, mode=Mode.TEST))
    assert matter(trial, approval.approval_id)["csv"] != text


def test_who_may_and_where(sqlite_store: Store) -> None:
    """The independent statistician, in a study of lists."""
    trial = a_listed_trial(sqlite_store)
    for role in (Role.STATISTICIAN, Role.CONFIGURATOR, Role.SUPPLY_MANAGER):
        with pytest.raises(NotAllowed):
            trial.do(role, ask_randomization_list, asking(trial))


def test_a_study_that_draws_has_no_lists(sqlite_store: Store) -> None:
    """Named."""
    trial = without_stock(sqlite_store, a_study({"method": "complete"}))
    with pytest.raises(NoListedStudy):
        trial.do(FIRST, ask_randomization_list, asking(trial))


def test_what_was_approved_can_be_read(sqlite_store: Store) -> None:
    """The second person holds the canonical text."""
    trial = a_listed_trial(sqlite_store)
    content = matter(trial, asked(trial))
    assert content["origin"] == "drawn"
    assert read_list(content["csv"]).csv == content["csv"]


def test_how_long_the_lists_last(store: Store) -> None:
    """What is left of each stratum, and which ones are to be extended."""
    trial = a_listed_trial(store)
    loaded(trial)
    for _ in range(3):
        trial.randomized(levels=LOW)
    with trial.store.reading() as connection:
        high, low = depletion(connection, trial.study_id, trial.day)
        (only,) = loaded_lists(connection, trial.study_id)
    assert (low.stratum, low.used, low.left, low.lately, low.short) == ("ldl=LT85", 3, 3, 3, True)
    assert (high.used, high.ends_on, high.short) == (0, None, False)
    assert (only.number, only.origin) == (1, "drawn")
