"""What subjects of each arm are given from randomization on, read out of the study files."""

from fractions import Fraction

from irt.study.check import open_study
from irt.study.course import KitsOf
from irt.study.courses import courses_of, day_of, days_since_visit_before
from irt.study.virtual_block import virtual_block
from tests.builders_homes import sending_home
from tests.irt.study.edits import edited, study_of

FOURIER = study_of("fourier")
MOVING = edited("fourier", ("  review_days: 1\n", "  review_days: 1\n  forecast: {dose_moves: {Q2W: {QM: 1/5}}}\n"))


def test_two_arms_are_given_their_own_pens_alike() -> None:
    """Each arm half of the subjects; Day 1, weeks 4, 12 and 24, then every twelve weeks; pens by dose level."""
    active, placebo = courses_of(FOURIER).arms
    assert active.share == placebo.share == Fraction(1, 2)
    assert [visit.day for visit in active.visits] == [0, 28, 84, 168, 252, 336]
    assert [visit.since_days for visit in active.visits] == [0, 28, 56, 84, 84, 84]
    week_4 = active.visits[1]
    assert (week_4.before_days, week_4.after_days) == (3, 3)
    assert week_4.kits == ((("PEN-A", 4),), (("PEN-A", 6),))
    assert placebo.visits[1].kits == ((("PEN-P", 4),), (("PEN-P", 6),))


def test_doses_start_on_an_initial_level_and_move_as_assumed() -> None:
    """Either level at first; without an assumption nobody moves."""
    courses = courses_of(FOURIER)
    assert courses.start == (Fraction(1, 2), Fraction(1, 2))
    assert courses.moves == ((1, 0), (0, 1))
    assert courses_of(open_study(MOVING)).moves == ((Fraction(4, 5), Fraction(1, 5)), (0, 1))


def test_days_since_the_visit_before_count_repeats() -> None:
    """The third maintenance visit comes 84 days after the second, Day 1 after none."""
    visits = [visit for visit in FOURIER.visits if visit.dispenses]
    assert days_since_visit_before(visits, visits[-1], 2) == 84
    assert day_of(visits[-1], 2) == 420
    assert days_since_visit_before(visits, visits[0], 0) == 0


def test_kits_that_go_home_are_told_apart() -> None:
    """Site and homes share out a course; both know every visit, for subjects stop on the way to any."""
    study = sending_home()
    whole, block = courses_of(study), virtual_block(study).kits
    at_site, at_home = (whole.of(kits_of).arms[0].visits for kits_of in (KitsOf.AT_SITE, KitsOf.AT_HOME))
    assert [visit.home for visit in at_site] == [False, True, True, False, False, False]
    for one, other, visit in zip(at_site, at_home, whole.arms[0].visits, strict=True):
        assert (one.kits == visit.kits, other.kits == visit.kits) == (not visit.home, visit.home)
        assert (one.day, one.since_days) == (other.day, other.since_days) == (visit.day, visit.since_days)
    parts = [virtual_block(study, kits_of).kits["PEN-A"] for kits_of in (KitsOf.AT_SITE, KitsOf.AT_HOME)]
    assert sorted((*parts[0], *parts[1])) == [*block["PEN-A"]]
    assert [day for day, _ in parts[1]] == [28, 84]


def test_studies_without_levels_have_one() -> None:
    """Nobody can move where there is nothing to move between."""
    assert courses_of(study_of("activ6")).moves == ((1,),)
