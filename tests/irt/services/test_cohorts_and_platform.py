"""Studies that draw otherwise: cohorts that open in turn, agents mailed to the home, caps of enrolment."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count, pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from irt.blinding.roles import Role
from irt.enrolment.checks import check_run
from irt.errors import BadInput
from irt.randomization.scheme import NoEligibleAgent, NoOpenCohort
from irt.services.all_arms_check import RandomizationNotPossible
from irt.services.caps import EnrolmentClosed
from irt.services.cohorts import cohort_open_on
from irt.services.load_kit_list import LoadKitList, load_kit_list, lots_of_size
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from irt.services.release_lot import ReleaseLot, release_lot
from irt.services.screen_subject import ScreenSubject, screen_subject
from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.tables.kit import BlindedLot
from irt.tables.secret import AllocationState, TreatmentAssignment
from irt.tables.subject import Subject
from tests.builders_supply import SupplyHouse, the_study
from tests.builders_trial import Trial
from tests.cast import signing
from tests.remembered import remembered
from tests.rows import put

IN_AUTUMN_2021 = date(2021, 10, 1)


def opened(store: Store, definition: StudyDefinition, day: date, *, release: bool = True) -> Trial:
    """The study with its own small kit list, released, and one active site."""
    which = (definition.model_dump_json(), day, release)
    return remembered(store, lambda fresh: _opened(fresh, definition, day, release=release), *which)


def _opened(store: Store, definition: StudyDefinition, day: date, *, release: bool) -> Trial:
    house = SupplyHouse.of(store, definition, day)
    lots = lots_of_size(definition, "small")
    load = LoadKitList(study_id=house.study_id, size="small", approval_id=house.approval(lots))
    house.do(Role.SUPPLY_MANAGER, load_kit_list, load)
    for row in house.rows(BlindedLot) if release else []:
        ask = ReleaseLot(study_id=house.study_id, lot=row["number"], on_day=day, signing=signing())
        house.do(Role.QUALIFIED_PERSON, release_lot, ask)
    house.sites(1)
    return Trial(store, house.study_id, definition, day, count(1000))


def come(trial: Trial, **changes: Any) -> RandomizeSubject:
    """Somebody is screened at the first site, and asked for."""
    site = trial.active_sites()[0]["number"]
    ask = ScreenSubject(study_id=trial.study_id, site=site, on_day=trial.day)
    subject = trial.do(trial.staff, screen_subject, ask).subject
    facts = {"study_id": trial.study_id, "subject": subject, "on_day": trial.day}
    return RandomizeSubject.model_validate({**facts, **changes})


def arms(trial: Trial) -> list[str]:
    """Arms in order of randomization."""
    return [row["arm"] for row in trial.rows(TreatmentAssignment)]


def test_twenty_subjects_of_a_platform(sqlite_store: Store) -> None:
    """No hub has stock: the pharmacy's counts. Only eligible, open agents are drawn; all is derived again."""
    trial = opened(sqlite_store, the_study("activ6"), IN_AUTUMN_2021)
    agents = (["IVM400", "FLV50", "FLUT"], ["FLUT"], ["IVM400", "IVM600", "METF"], ["FLV50", "FLUT"])
    allowed = ("IVM400 FLV50 FLUT", "FLUT", "IVM400", "FLV50 FLUT")
    for number in range(20):
        ask = come(trial, agents=agents[number % 4], weight_kg=Decimal(80))
        trial.do(trial.staff, randomize_subject, ask)
        assert arms(trial)[-1].split("-")[0] in allowed[number % 4].split()
    assert {arm[-1] for arm in arms(trial)} == {"A", "P"}
    checks, derivation = check_run(sqlite_store, trial.study_id, {})
    assert checks == dict.fromkeys(checks, True)
    assert derivation.same == 20
    seen = trial.rows(TreatmentAssignment)[0]["stock_seen"]
    assert seen["every_arm_can_be_served"] is True
    assert {kit[1] for kit in seen["kits"]} == {f"K-{a}-{x}" for a in agents[0] for x in "AP"}


def test_an_empty_pharmacy_stops_the_draw(sqlite_store: Store) -> None:
    """Lots not released are no stock; a subject without weight is judged by the lightest dose."""
    trial = opened(sqlite_store, the_study("activ6"), IN_AUTUMN_2021, release=False)
    refusal = trial.refuses(randomize_subject, come(trial, agents=["IVM400"]), RandomizationNotPossible)
    assert (refusal.candidates or {})["short"] == {
        "IVM400-A": {"K-IVM400-A": 2},
        "IVM400-P": {"K-IVM400-P": 2},
    }


def test_agents_that_cannot_be(sqlite_store: Store) -> None:
    """None that is open today, also not by a back-dated entry; one the study does not know."""
    trial = opened(sqlite_store, the_study("activ6"), IN_AUTUMN_2021)
    trial.refuses(randomize_subject, come(trial, agents=["METF"]), NoEligibleAgent)
    trial.refuses(randomize_subject, come(trial, agents=["ASPIRIN"]), BadInput)
    trial.day = date(2022, 2, 9)
    ask = come(trial, agents=["FLUT"])
    trial.later(1)
    trial.refuses(randomize_subject, ask, NoEligibleAgent)


def test_cohorts_fill_wait_and_open(sqlite_store: Store) -> None:
    """Three in the first, one of them a week ahead; three weeks' wait; then the expansion on the same dose."""
    trial = opened(sqlite_store, the_study("escalation"), date(2026, 3, 2))

    def draw(after_days: int) -> str:
        trial.later(after_days)
        trial.do(trial.staff, randomize_subject, come(trial))
        return arms(trial)[-1]

    def waits(after_days: int) -> None:
        trial.later(after_days)
        refusal = trial.refuses(randomize_subject, come(trial), NoOpenCohort)
        assert refusal.sentence.startswith("No cohort is open, so the subject was not assigned.")

    assert draw(0) == "D08"
    waits(6)
    assert [draw(1), draw(0)] == ["D08"] * 2
    waits(20)
    assert [draw(1), draw(0), draw(0), draw(0)] == ["D08"] * 4
    waits(20)
    assert draw(1) == "D12"
    waits(6)
    assert draw(1) == "D12"
    assert len(arms(trial)) == 9


def test_a_hard_cap_closes_enrolment(sqlite_trial: Trial) -> None:
    """Full is full, in words of the public group; the counter stays where it was."""
    key = "cap:randomized:stratum:region=EU"
    put(sqlite_trial.store, AllocationState, sponsor_id=1, study_id=1, key=key, state={"count": 17_899})
    sqlite_trial.randomized()
    ask = sqlite_trial.asking(sqlite_trial.screen())
    refusal = sqlite_trial.refuses(randomize_subject, ask, EnrolmentClosed)
    assert refusal.sentence.startswith("Enrolment in the group 'EU' is closed. Nothing was booked.")
    assert len(sqlite_trial.rows(Subject)) == 2


COHORTS = the_study("escalation").cohorts


@given(gaps=st.lists(st.integers(0, 30), max_size=40))
def test_no_cohort_is_ever_overfull_or_hurried(gaps: list[int]) -> None:
    """However subjects come: cohorts in their order, sizes kept, sentinels and observation waited for."""
    day, enrolled, members = date(2026, 1, 1), [], dict.fromkeys((c.code for c in COHORTS), 0)
    firsts: dict[str, date] = {}
    lasts: dict[str, date] = {}
    for gap in gaps:
        day += timedelta(days=gap)
        cohort = cohort_open_on(COHORTS, enrolled, day)
        if cohort is None:
            continue
        enrolled.append(day)
        members[cohort.code] += 1
        firsts.setdefault(cohort.code, day)
        lasts[cohort.code] = day
        if members[cohort.code] == 2:
            assert day >= firsts[cohort.code] + timedelta(days=cohort.sentinel_days)
    for earlier, later in pairwise(COHORTS):
        assert members[earlier.code] <= earlier.size
        if members[later.code]:
            assert members[earlier.code] == earlier.size
            assert firsts[later.code] >= lasts[earlier.code] + timedelta(days=earlier.observation_days)
