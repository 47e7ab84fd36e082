"""Studies that randomize by a design of the catalogue: drawn live, recorded whole, derived again."""

from datetime import timedelta

import pytest

from irt.errors import BadInput
from irt.randomization.methods.escalation import ResponsesAwaited
from irt.randomization.scheme import TooFewArms
from irt.services.all_arms_check import RandomizationNotPossible
from irt.services.draw_arm import NoAllocationLeft
from irt.services.later_randomizations import NotToBeRandomizedAgain
from irt.services.letters import letters_of
from irt.services.randomize_subject import AlreadyRandomized, randomize_subject
from irt.services.replacements import CannotBeReplaced
from irt.services.store import Store
from irt.services.subjects import TooEarly
from irt.study.definition import StudyDefinition
from irt.tables.record import AuditEntry, Outbox
from irt.tables.secret import AllocationState
from irt.tables.subject import Randomization, SubjectEvent
from tests.builders_designs import DESIGNS, DesignedTrial, a_study, with_stock, without_stock
from tests.builders_trial import FIRST_SITE, SECOND_SITE

REASON = "Kits for one arm were delayed at customs; agreed with the sponsor."
FORCED = {"forced_randomization": {"subjects_max": 1, "reason": REASON}, "conduct": {"all_arms_on_site": True}}
COMPLETE = {"method": "complete"}


def come(trial: DesignedTrial, number: int) -> str:
    """The so-maniest subject, at either site and level."""
    ldl = "LT85" if number % 3 else "GE85"
    return trial.randomized((FIRST_SITE, SECOND_SITE)[number % 2], levels={"ldl": ldl})


@pytest.mark.parametrize("name", DESIGNS)
def test_every_kind_of_design_is_drawn_and_derived_again(sqlite_store: Store, name: str) -> None:
    """From the seed, the strata, and what was known of responses; no arm is in the audit trail."""
    trial = without_stock(sqlite_store, a_study(DESIGNS[name]))
    for number in range(14):
        subject = come(trial, number)
        if trial.definition.learns and number % 2:
            trial.feed({subject: int(number % 3 == 0)})
    found = trial.rederived()
    assert (found.allocations, found.same, found.first_difference) == (14, 14, None)
    method = DESIGNS[name]["method"]
    assert {row["method"] for row in trial.drawn()} == {method}
    for number, row in enumerate(trial.drawn(), start=1):
        (draw,) = row["draws"]
        assert draw["index"] == number
        assert draw["stream"] == f"IRT-RNG/1|NB-301|{method}/1|{row['stratum']}"
    lines = [line for line in trial.rows(AuditEntry) if line["act"] == "subject_randomized"]
    assert all("arm" not in str(line["new"]) and method not in str(line["new"]) for line in lines)


def test_both_databases_draw_alike(store: Store) -> None:
    """Sites balanced by themselves, learning from their own subjects."""
    trial = without_stock(store, a_study(DESIGNS["thompson by site"]))
    first = [come(trial, number) for number in range(6)]
    trial.feed(dict.fromkeys(first, 1))
    last = come(trial, 6)
    seen = trial.drawn()[-1]["state_seen"]
    mates = [row["arm"] for row in trial.drawn()[:6:2]]
    assert seen["responses"] == {arm: [mates.count(arm), 0] for arm in set(mates)}
    assert trial.rederived().same == 7
    assert trial.arm(last) in {"A", "P"}


def test_a_late_correction_changes_no_earlier_draw(store: Store) -> None:
    """Each draw is derived again with what was known when it was made."""
    trial = without_stock(store, a_study(DESIGNS["play_the_winner"]))
    first = come(trial, 0)
    trial.feed({first: 1})
    second = come(trial, 1)
    trial.feed({first: 0}, reason="The centre read the scan again")
    come(trial, 2)
    arm = trial.arm(first)
    seen = [row["state_seen"]["responses"] for row in trial.drawn()]
    assert seen == [{}, {arm: [1, 0]}, {arm: [0, 1]}]
    assert [row["state_seen"]["responses_through"] for row in trial.drawn()] == [0, 1, 2]
    assert trial.rederived().same == 3
    assert second != first


def test_a_dose_escalation_waits_for_its_responses(sqlite_store: Store) -> None:
    """A full cohort is judged when all is known of it; toxicity lowers no earlier dose."""
    trial = without_stock(sqlite_store, a_study({"method": "three_plus_three"}))
    cohort = [trial.randomized() for _ in range(3)]
    ask = trial.asking(trial.screen())
    trial.feed(dict.fromkeys(cohort[:2], 0))
    trial.refuses(randomize_subject, ask, ResponsesAwaited)
    trial.feed({cohort[2]: 0})
    trial.do(trial.staff, randomize_subject, ask)
    assert [row["arm"] for row in trial.drawn()] == ["A", "A", "A", "P"]
    trial.feed({cohort[0]: 1, cohort[1]: 1}, reason="Toxicities were reported late")
    assert trial.rederived().same == 4


def test_a_draw_that_claims_to_have_known_more_is_found_out(sqlite_store: Store) -> None:
    """The responses stored with a draw are compared with those recorded before it."""
    trial = without_stock(sqlite_store, a_study(DESIGNS["play_the_winner"]))
    trial.feed({come(trial, 0): 1})
    come(trial, 1)
    with trial.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_secret_response_update")
        connection.exec_driver_sql("UPDATE secret_response SET value = 0")
    assert trial.rederived().same == 1


def test_more_subjects_than_planned(sqlite_store: Store) -> None:
    """The blinded words tell neither stratum nor number."""
    plan = {"method": "random_allocation", "planned_subjects": 2, "strata": ["site"]}
    trial = without_stock(sqlite_store, a_study(plan))
    for number in (0, 2):
        come(trial, number)
    refusal = trial.refuses(randomize_subject, trial.asking(trial.screen()), NoAllocationLeft)
    assert "2" not in refusal.sentence
    come(trial, 1)
    assert trial.rederived().same == 3


def two_stages() -> StudyDefinition:
    """After four weeks, subjects on treatment are drawn again among two further arms."""
    study = a_study(DESIGNS["big_stick by site"]).model_dump(mode="json")
    further = [{**study["arms"][0], "code": code, "name": f"Maintenance {code}"} for code in ("M1", "M2")]
    for rule in study["dispensing"]:
        rule["arms"] = [*rule["arms"], *(["M1", "M2"] if "A" in rule["arms"] else [])]
    later = {"arms": ["M1", "M2"], "after_days": 28, "design": {"method": "chen", "params": {"mti": 2, "p": "2/3"}}}
    return StudyDefinition.model_validate(
        {**study, "arms": [*study["arms"], *further], "later_randomizations": [later]}
    )


def test_subjects_are_randomized_again(store: Store) -> None:
    """In their time, once, among other arms; each draw with a number of its own."""
    trial = without_stock(store, two_stages())
    subjects = [come(trial, number) for number in range(4)]
    trial.later(27)
    trial.refuses(randomize_subject, trial.asking(subjects[0], stage=2), TooEarly)
    trial.later(1)
    receipts = [trial.randomize(subject, stage=2) for subject in subjects]
    assert [receipt.status for receipt in receipts] == ["randomized"] * 4
    trial.refuses(randomize_subject, trial.asking(subjects[0], stage=2), AlreadyRandomized)
    trial.refuses(randomize_subject, trial.asking(subjects[0], stage=3), BadInput)
    trial.refuses(randomize_subject, trial.asking(trial.screen(), stage=2), NotToBeRandomizedAgain)
    rows = trial.rows(Randomization)
    assert [(row["stage"], row["assignment_number"]) for row in rows] == [
        *((1, n) for n in range(1, 5)),
        *((2, n) for n in range(5, 9)),
    ]
    assert {row["arm"] for row in trial.drawn()[4:]} <= {"M1", "M2"}
    assert {row["method"] for row in trial.drawn()} == {"big_stick", "chen"}
    assert "randomization 2|M1/M2" in {row["key"] for row in trial.rows(AllocationState)}
    assert trial.rederived().same == 8
    assert trial.subject(subjects[0])["randomized_on"] == trial.day - timedelta(days=28)


def three_arms(**dates: object) -> list[dict[str, object]]:
    """A third arm like the first."""
    study = a_study(COMPLETE).model_dump(mode="json")
    return [*study["arms"], {**study["arms"][0], "code": "B", "name": "Higher dose", **dates}]


def also_for_b(trial_study: dict[str, object]) -> dict[str, object]:
    """The dispensing rules of A hold for B."""
    rules = trial_study["dispensing"]
    assert isinstance(rules, list)
    return {"dispensing": [{**r, "arms": [*r["arms"], "B"]} if r["arms"] == ["A"] else r for r in rules]}


def test_an_arm_is_added_by_an_amendment(sqlite_store: Store) -> None:
    """From its day on it is drawn; balance is kept among those who could get the same arms."""
    trial = without_stock(sqlite_store, a_study({"method": "block_urn", "params": {"lambda": 1}}))
    for number in range(0, 8, 2):
        come(trial, number)
    before = trial.definition.model_dump(mode="json")
    opens = trial.day + timedelta(days=2)
    after = {**before, "arms": three_arms(opens=opens.isoformat()), **also_for_b(before)}
    version = trial.amend(trial.definition.model_validate(after))
    trial.adopt(FIRST_SITE, version)
    for number in range(0, 4, 2):
        come(trial, number)
    trial.later(2)
    for number in range(0, 12, 2):
        come(trial, number)
    drawn = [row["arm"] for row in trial.drawn()]
    assert sorted(drawn[:6]) == ["A"] * 3 + ["P"] * 3
    assert sorted(drawn[6:]) == ["A", "A", "B", "B", "P", "P"]
    keys = {row["key"] for row in trial.rows(AllocationState)}
    assert {"A/P", "A/P/B"} <= keys
    assert trial.rederived().same == 12


def test_subjects_eligible_for_some_arms(sqlite_store: Store) -> None:
    """In an open study the site says which; one alone leaves nothing to chance."""
    study = a_study({**COMPLETE, "eligibility": True}, study={"blinding": "open"})
    changed = {**study.model_dump(mode="json"), "arms": three_arms()}
    changed |= also_for_b(changed)
    trial = without_stock(sqlite_store, study.model_validate(changed))
    for _ in range(8):
        trial.randomized(agents=["B", "A"])
    assert {row["arm"] for row in trial.drawn()} == {"A", "B"}
    assert trial.drawn()[0]["probabilities"] == {"A": "1/2", "P": "0/1", "B": "1/2"}
    trial.refuses(randomize_subject, trial.asking(trial.screen(), agents=["P"]), TooFewArms)
    assert trial.rederived().same == 8


def test_a_forced_draw_looks_like_any_other(store: Store) -> None:
    """Where kits of one arm are missing; the statistician is told, and the cap holds."""
    trial = with_stock(store, a_study(COMPLETE, **FORCED))
    plain = trial.randomize(trial.screen())
    types = trial.types()
    trial.set_apart([number for number in trial.shelf() if types[number] == "PEN-P"])
    subject = trial.screen()
    forced = trial.randomize(subject)
    assert set(forced.model_dump()) == set(plain.model_dump())
    assert trial.arm(subject) == "A"
    lines = [line["new"] for line in trial.rows(AuditEntry) if line["act"] == "subject_randomized"]
    assert set(lines[0]) == set(lines[1])
    secret = trial.drawn()[-1]
    assert secret["state_seen"]["servable"] == ["A"]
    assert "P" in secret["stock_seen"]["short"]
    assert secret["probabilities"] == {"A": "1/1", "P": "0/1"}
    (message,) = [row for row in trial.rows(Outbox) if row["kind"] == "randomization_forced"]
    assert message["audience"] == "unblinded"
    trial.refuses(randomize_subject, trial.asking(trial.screen()), RandomizationNotPossible)
    assert trial.rederived().same == 2


def test_the_letter_of_a_forced_draw_names_no_arm(sqlite_store: Store) -> None:
    """Nobody without the randomization gets it."""
    trial = with_stock(sqlite_store, a_study(COMPLETE, **FORCED))
    types = trial.types()
    trial.set_apart([number for number in trial.shelf() if types[number] == "PEN-P"])
    trial.randomized()
    (message,) = [row for row in trial.rows(Outbox) if row["kind"] == "randomization_forced"]
    assert message["body"] == {"randomization": trial.rows(Randomization)[0]["number"], "site": FIRST_SITE}
    with trial.store.reading() as connection:
        assert letters_of(connection, message, "irt@example.org", message["created_at"]) == []  # type: ignore[arg-type]  # a row by name


def test_nothing_is_forced_without_the_study_s_word(sqlite_store: Store) -> None:
    """Off by default."""
    trial = with_stock(sqlite_store, a_study(COMPLETE, conduct={"all_arms_on_site": True}))
    types = trial.types()
    trial.set_apart([number for number in trial.shelf() if types[number] == "PEN-P"])
    trial.refuses(randomize_subject, trial.asking(trial.screen()), RandomizationNotPossible)


def replacing(trial: DesignedTrial, subject: str, **changes: object) -> dict[str, object]:
    """Taking a subject's place, with the reason."""
    return {"replaces": subject, "replacement_reason": "Never treated", **changes}


@pytest.mark.parametrize("rule", ["same", "drawn"])
def test_a_replacement_takes_the_place_of_another(store: Store, rule: str) -> None:
    """Linked for ever with its reason; of the same arm, or drawn like everybody, as the study states."""
    study = a_study(DESIGNS["big_stick by site"], conduct={"replacement_subjects": True}, replacement_arm=rule)
    trial = without_stock(store, study)
    first = trial.randomized()
    trial.step(first, "withdraw")
    second = trial.randomized(**replacing(trial, first))
    rows = trial.rows(Randomization)
    assert rows[1]["replaces_id"] == rows[0]["id"]
    assert trial.rows(SubjectEvent)[-1]["reason"] == "Never treated"
    assert trial.audit()["new"]["replaces"] == first
    drawn = trial.drawn()[-1]
    if rule == "same":
        assert trial.arm(second) == trial.arm(first)
        assert (drawn["draws"], drawn["state_seen"]["arm_of"]) == ([], 1)
    else:
        assert len(drawn["draws"]) == 1
    (state,) = [row["state"] for row in trial.rows(AllocationState) if row["key"].startswith("A/P")]
    assert sum(state.values()) == (1 if rule == "same" else 2)
    assert trial.rederived().same == 2


def test_places_that_are_not_free(sqlite_store: Store) -> None:
    """Still on treatment, replaced already, at another site, without a reason."""
    trial = without_stock(sqlite_store, a_study(COMPLETE, conduct={"replacement_subjects": True}))
    first, elsewhere = trial.randomized(), trial.randomized(SECOND_SITE)
    trial.refuses(randomize_subject, trial.asking(trial.screen(), **replacing(trial, first)), CannotBeReplaced)
    trial.refuses(randomize_subject, trial.asking(trial.screen(), **replacing(trial, elsewhere)), CannotBeReplaced)
    trial.step(first, "withdraw")
    ask = trial.asking(trial.screen(), **replacing(trial, first, replacement_reason=" "))
    assert "Say why" in trial.refuses(randomize_subject, ask, BadInput).sentence
    trial.randomized(**replacing(trial, first))
    trial.refuses(randomize_subject, trial.asking(trial.screen(), **replacing(trial, first)), CannotBeReplaced)


def test_a_study_without_replacements(sqlite_store: Store) -> None:
    """The other subject is not even looked for."""
    trial = without_stock(sqlite_store, a_study(COMPLETE))
    ask = trial.asking(trial.screen(), **replacing(trial, "1001-0001"))
    assert "no replacement subjects" in trial.refuses(randomize_subject, ask, BadInput).sentence
