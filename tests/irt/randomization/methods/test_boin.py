"""BOIN against its published tables, and its cohorts."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.boin import Boin, chance_above
from irt.randomization.methods.escalation import EscalationStopped, OpenCohort, ResponsesAwaited
from irt.randomization.methods.method import Step, remember
from irt.randomization.scheme import UnusablePlan

TARGET = Fraction(3, 10)


def boin(target: str = "3/10", doses: int = 3, cohort_size: int = 3, backfill: bool = False) -> Boin:
    """0.6 and 1.4 of the target."""
    of = Fraction(target)
    return Boin((1,) * doses, of, of * Fraction(3, 5), of * Fraction(7, 5), cohort_size, backfill=backfill)


def seen(told: str) -> list[Step]:
    """`0:001 1:0-` is dose 0 with responses 0, 0, 1, then dose 1 with a 0 and one awaited."""
    cohorts = [cohort.split(":") for cohort in told.split()]
    return [Step(int(d), (), None if each == "-" else int(each)) for d, responses in cohorts for each in responses]


@pytest.mark.parametrize(
    ("target", "lambda_e", "lambda_d"),
    [
        ("0.15", 0.118, 0.179),
        ("0.2", 0.157, 0.238),
        ("0.25", 0.197, 0.298),
        ("0.3", 0.236, 0.358),
        ("0.35", 0.276, 0.419),
        ("0.4", 0.316, 0.479),
    ],
)
def test_the_published_boundaries(target: str, lambda_e: float, lambda_d: float) -> None:
    """Liu and Yuan (2015) to three digits, of which the last is rounded here and cut off there."""
    made = boin(target)
    assert made.lambda_e == pytest.approx(lambda_e, abs=0.001)
    assert made.lambda_d == pytest.approx(lambda_d, abs=0.001)


def test_the_published_table() -> None:
    """Target 0.3, cohorts of three, up to 30 subjects, as the authors' own program prints it."""
    told = boin().boundaries(30)
    assert [row["n"] for row in told["table"]] == list(range(1, 31))
    table = [row for row in told["table"] if row["n"] % told["cohort"] == 0]
    assert [row["escalate"] for row in table] == [0, 1, 2, 2, 3, 4, 4, 5, 6, 7]
    assert [row["deescalate"] for row in table] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert [row["eliminate"] for row in table] == [3, 4, 5, 7, 8, 9, 10, 11, 12, 14]


def test_no_dose_is_closed_before_three_subjects() -> None:
    """One of one lowers all the same."""
    rows = boin().boundaries(2)["table"]
    assert [row["eliminate"] for row in rows] == [None, None]
    assert [row["deescalate"] for row in rows] == [1, 1]


@pytest.mark.parametrize(("subjects", "toxicities"), [(3, 2), (6, 3), (9, 5), (12, 0)])
def test_the_posterior_chance_is_the_integral(subjects: int, toxicities: int) -> None:
    """Of the Beta density from the target to 1, by its powers."""
    y, f = toxicities, subjects - toxicities
    scale = (subjects + 1) * comb(subjects, y)
    terms = [Fraction((-1) ** k * comb(f, k), y + k + 1) * (1 - TARGET ** (y + k + 1)) for k in range(f + 1)]
    assert chance_above(TARGET, subjects, y) == scale * sum(terms)


@pytest.mark.parametrize(
    ("told", "dose"),
    [
        ("", 0),
        ("0:00", 0),
        ("0:000", 1),
        ("0:001", 0),
        ("0:011", 0),
        ("0:000 1:011", 0),
        ("0:000 1:001", 1),
        ("0:000 1:001 1:000", 2),
        ("0:000 1:111", 0),
        ("0:000 1:111 0:000", 0),
        ("0:000 1:000 2:000", 2),
        ("0:000 1:000 2:111", 1),
        ("0:000 1:000 2:011", 1),
        ("0:000 1:001 1:111", 0),
        ("0:000 1:011 1:11", 0),
    ],
)
def test_where_the_next_subject_goes(told: str, dose: int) -> None:
    """One up, one down, or the same; never to a closed dose, which what is known closes at once."""
    made = boin()
    law = made.law(remember(made, seen(told)))
    assert law == tuple(Fraction(other == dose) for other in range(3))


def test_it_ends_where_the_lowest_dose_is_closed() -> None:
    """Three of three, or four of five: with one seat left."""
    made = boin()
    with pytest.raises(EscalationStopped):
        made.law(remember(made, seen("0:111")))
    with pytest.raises(EscalationStopped):
        made.law(remember(made, seen("0:011 0:11")))


@given(st.lists(st.integers(0, 1), min_size=1, max_size=45), st.sampled_from(["0.2", "0.3", "0.4"]))
@settings(deadline=None, max_examples=100)
def test_no_dose_is_skipped_and_no_closed_one_given(responses: list[int], target: str) -> None:
    """Whatever is seen: one step up at most, never to a closed dose, a cohort never cut but by a closing."""
    made = boin(target, 5)
    memory = made.start()
    for response in responses:
        try:
            opened = made.cohort(memory)
        except EscalationStopped:
            assert made.closed_from(memory) == 0
            return
        assert opened.dose <= memory.dose + 1
        assert opened.dose < made.closed_from(memory)
        assert opened.dose == memory.dose or memory.seats_taken == 3 or memory.dose >= made.closed_from(memory)
        memory = made.after(memory, Step(opened.dose, (), response))


def test_it_waits_for_the_cohort() -> None:
    """Full, and one response not known."""
    made = boin()
    with pytest.raises(ResponsesAwaited):
        made.law(remember(made, seen("0:00-")))
    assert made.cohort(remember(made, seen("0:-"))) == OpenCohort(0, 2)


def test_cohorts_of_another_size() -> None:
    """Of one: every subject is judged."""
    made = boin(cohort_size=1)
    assert made.law(remember(made, seen("0:0")))[1] == 1
    assert made.law(remember(made, seen("0:0 1:1")))[0] == 1


def test_backfill_takes_no_seat() -> None:
    """While the second dose is filled, the first is open to others; afterwards it is not."""
    made = boin(backfill=True)
    memory = remember(made, seen("0:000 1:0"))
    assert made.backfill_doses(memory) == (0,)
    filled = made.after(memory, Step(0, (), 1))
    assert made.cohort(filled) == OpenCohort(1, 2)
    assert filled.doses[0] == (4, 1, 0)
    assert made.backfill_doses(remember(made, seen("0:000 1:001"))) == ()
    assert boin().backfill_doses(memory) == ()


def test_backfill_is_closed_where_the_dose_is_not_tolerated() -> None:
    """Two of four is above lambda_d."""
    made = boin(backfill=True)
    memory = remember(made, seen("0:000 1:0 0:11"))
    assert made.backfill_doses(memory) == ()


def test_backfill_needs_somebody_known_at_the_dose() -> None:
    """One is enough, none is not: cohorts of one, then two awaited."""
    made = boin(cohort_size=1, backfill=True)
    assert made.backfill_doses(remember(made, seen("0:0 1:-"))) == (0,)
    assert made.backfill_doses(remember(made, seen("0:- 1:-"))) == ()


@pytest.mark.parametrize(
    ("safe", "target", "toxic", "cohort_size", "cutoff"),
    [
        ("0.3", "0.3", "0.4", 3, "0.95"),
        ("0.2", "0.3", "0.3", 3, "0.95"),
        ("0.2", "0.3", "1", 3, "0.95"),
        ("0.2", "0.3", "0.4", 0, "0.95"),
        ("0.2", "0.3", "0.4", 3, "1"),
    ],
)
def test_it_refuses_unusable_settings(safe: str, target: str, toxic: str, cohort_size: int, cutoff: str) -> None:
    """Rates out of order, an empty cohort, a dose that could never be closed."""
    with pytest.raises(UnusablePlan):
        Boin((1, 1), Fraction(target), Fraction(safe), Fraction(toxic), cohort_size, Fraction(cutoff))
