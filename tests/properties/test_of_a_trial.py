"""What holds in any trial run through the services: each theorem over random orders of people and of stock."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from irt.enrolment.checks import check_run
from irt.errors import Refusal
from irt.randomization.numbers import OpaqueNumbers
from irt.supply.expiry import outlasts
from irt.supply.kit_selection import NoUsableKit
from irt.tables.kit import Kit, Movement
from irt.tables.secret import SecretAuditEntry, TreatmentAssignment
from irt.tables.subject import Randomization
from tests.builders_trial import FIRST_SITE, SECOND_SITE, a_trial, blocks_are_balanced, no_kit_twice

ANSWERS = st.tuples(st.sampled_from((FIRST_SITE, SECOND_SITE)), st.sampled_from(("LT85", "GE85")))
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(people=st.lists(ANSWERS, min_size=1, max_size=24))
def test_full_blocks_are_balanced_and_strata_are_as_entered(people: list[tuple[str, str]]) -> None:
    """Whoever comes to whichever site: blocks hold their ratio, levels are kept, all is derived again."""
    with a_trial() as trial:
        entered = {trial.randomized(site, levels={"ldl": ldl}): {"ldl": ldl} for site, ldl in people}
        blocks_are_balanced(trial)
        checks, derivation = check_run(trial.store, 1, entered)
        assert checks == dict.fromkeys(checks, True)
        assert derivation.same == len(people)
        strata = Counter(row["stratum"] for row in trial.rows(TreatmentAssignment))
        assert strata == Counter(f"ldl={ldl};region=EU" for _, ldl in people)
        numbers = [row["number"] for row in trial.rows(Randomization)]
        assert len(set(numbers)) == len(people)


@FEW
@given(
    people=st.lists(ANSWERS, min_size=1, max_size=10), days=st.lists(st.integers(0, 12), min_size=30, max_size=30)
)
def test_expiry_is_respected_and_no_kit_goes_out_twice(people: list[tuple[str, str]], days: list[int]) -> None:
    """With any expiry dates on the shelf: what is assigned outlasts its visit, and earliest goes first."""
    with a_trial() as trial:
        with trial.store.writing() as connection:
            for number, more in enumerate(days):
                facts = {"day": trial.day + timedelta(days=25 + more), "rest": number}
                connection.execute(text("UPDATE kit SET expiry = :day WHERE id % 30 = :rest"), facts)
        for site, ldl in people:
            try:
                receipt = trial.assign(trial.randomized(site, levels={"ldl": ldl}))
            except Refusal:
                continue
            assert all(outlasts(kit.expiry, trial.day, 31) for kit in receipt.kits)
            chosen = {kit.number for kit in receipt.kits}
            verdicts = trial.rows(SecretAuditEntry)[-1]["body"]["kits"]
            passed_over = [kit[3] for kit in verdicts if kit[4] == "fit" and kit[0] not in chosen]
            assert all(kit.expiry.isoformat() <= min(passed_over, default="9999") for kit in receipt.kits)
        no_kit_twice(trial)


@FEW
@given(rounds=st.integers(1, 4))
def test_stock_is_given_out_to_the_last_kit_and_never_more(rounds: int) -> None:
    """Unscheduled visits until nothing is left: every free kit of the arm goes out once, then it is refused."""
    with a_trial() as trial:
        subjects = [trial.randomized() for _ in range(rounds)]
        types, shelf = trial.types(), trial.shelf()
        for subject in subjects:
            own = f"PEN-{trial.arm(subject)}"
            while True:
                try:
                    trial.hand_over(trial.assign(subject, unscheduled=True))
                except NoUsableKit:
                    break
            assert sum(types[number] == own for number in trial.shelf()) < 2
        given_out = [row["kit_id"] for row in trial.rows(Movement, event="hand_over")]
        assert len(set(given_out)) == len(given_out) == len(shelf) - len(trial.shelf())
        assert len(trial.rows(Kit, custody="subject")) == len(given_out)


@given(seed=st.binary(min_size=32, max_size=32), start=st.integers(0, 899_900))
def test_opaque_numbers_are_all_different(seed: bytes, start: int) -> None:
    """A run of a hundred numbers anywhere: no two alike, and neighbours are not neighbours."""
    numbers = OpaqueNumbers(seed, 6, "randomization")
    run = [numbers.number(start + i) for i in range(100)]
    assert len(set(run)) == 100
    assert run != sorted(run)
    assert all(len(number) == 6 for number in run)
