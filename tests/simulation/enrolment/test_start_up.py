"""Sites of a list open by a law of delay that is learned from those that did, and from those that still wait."""

from pathlib import Path

import numpy as np
import pytest

from simulation.enrolment.enrolment_file import EnrolmentFileUnusable
from simulation.enrolment.forecast import forecast_enrolment
from simulation.enrolment.history import History
from simulation.enrolment.listed_sites import listed_sites, read_listed
from simulation.enrolment.posterior.fit import Effort
from simulation.enrolment.start_up import draw_listed_openings, start_up_law

NONE = np.array([], dtype=np.int64)


def test_a_law_is_found_from_whole_delays() -> None:
    """Four hundred delays of a gamma law with the mean 8 months: mean and early part as in what was seen."""
    delays = np.floor(np.random.default_rng(1).gamma(3.0, 8.0 / 3.0, size=400)).astype(np.int64)
    law = start_up_law(delays, NONE)
    mean = (law.weight @ law.chances) @ (np.arange(law.chances.shape[1]) + 0.5)
    assert law.chances.sum(axis=1) == pytest.approx(np.ones(len(law.weight)))
    assert mean == pytest.approx(delays.mean() + 0.5, rel=0.04)
    early = (law.weight @ law.chances)[:4].sum()
    assert early == pytest.approx((delays < 4).mean(), abs=0.04)


def test_waits_that_are_not_over_are_no_delays() -> None:
    """Cut off after six months, the same sites tell the same law; without those that wait it would be too short."""
    whole = np.floor(np.random.default_rng(2).gamma(3.0, 8.0 / 3.0, size=600)).astype(np.int64)
    over, waiting = whole[whole < 6], np.full((whole >= 6).sum(), 6)
    months = np.arange(180) + 0.5
    cut, naive = (start_up_law(over, wait) for wait in (waiting, NONE))
    assert (cut.weight @ cut.chances) @ months == pytest.approx(8.0, rel=0.25)
    assert (naive.weight @ naive.chances) @ months < 5.0


def test_openings_follow_the_law_given_the_wait() -> None:
    """One law: the hazard of each month, for a site that has waited for three."""
    law = start_up_law(np.array([2, 4, 5, 6, 9, 3]), NONE)
    single = type(law)(law.chances[[law.weight.argmax()]], np.ones(1))
    opened = draw_listed_openings(single, np.array([3]), 20_000, 4, np.random.default_rng(3))
    left = single.chances[0, 3:]
    assert opened.mean(axis=0) == pytest.approx(left[:4] / left.sum(), abs=0.015)
    assert opened.sum(axis=1).max() == 1


def test_only_listed_sites_open() -> None:
    """An empty rest of the list: nobody joins, and fewer come than where nobody knows a list."""
    chance = np.random.default_rng(4)
    counts = np.triu(chance.poisson(2.0, size=(8, 8)) + np.eye(8, dtype=np.int64))
    history = History(24000, tuple("abcdefgh"), ("X",) * 8, counts)
    listed = listed_sites(dict.fromkeys("abcdefgh", 23999), history)
    assert listed.delays.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    closed = forecast_enrolment(history, 6, 1, effort=Effort(30, 60, 2), listed=listed).new
    free = forecast_enrolment(history, 6, 1, effort=Effort(30, 60, 2)).new
    assert closed.sum(axis=1).mean() < 0.9 * free.sum(axis=1).mean()


def test_a_list_is_read_and_set_beside_the_history(tmp_path: Path) -> None:
    """Who has opened has a delay, who has not waits, and who is selected later waits from now on."""
    file = tmp_path / "sites.csv"
    file.write_text("hospital,selected\na,1999-11\nb,2000-01\nc,2001-01\n")
    history = History(24000, ("a",), ("X",), np.array([[1, 0, 2]]))
    listed = listed_sites(read_listed(file), history)
    assert (listed.delays.tolist(), listed.waiting.tolist()) == ([2], [3, 0])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hospital\na\n", "Line 1: the list of sites has no column selected."),
        ("hospital,selected\na,2000-01\na,2000-01\n", "Line 3: the hospital is missing, or listed twice."),
        ("hospital,selected\na,1.2000\n", "Line 2: selected is no month"),
        ("hospital,selected\na\n", "Line 2: selected is no month"),
        ("hospital,selected\na,2000-02\n", "hospital a enrolled before the month in which the list selects it."),
        ("hospital,selected\na,1900-02\n", "a site of the list waits for 15 years."),
    ],
)
def test_a_bad_list_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """With its line, where it is in a line."""
    file = tmp_path / "sites.csv"
    file.write_text(text)
    with pytest.raises(EnrolmentFileUnusable) as refused:
        listed_sites(read_listed(file), History(24000, ("a",), ("X",), np.array([[1]])))
    assert words in refused.value.sentence
