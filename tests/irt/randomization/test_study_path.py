"""Paths of studies drawn anew: the fixtures' platform and factorial studies, the feed's corrections, records."""

import json
from collections import Counter
from fractions import Fraction

import pytest

from irt.randomization.redrawing import groups_of
from irt.randomization.rerandomization import NothingToCompare, rerandomize_path
from irt.randomization.scheme import Subject
from irt.randomization.study_path import Asked, Entry, StudyPath, drawn_paths, path_in, path_record
from tests.builders_designs import DESIGNS, a_study
from tests.builders_supply import the_study

KEY = bytes(range(32))


def learning(entries: tuple[Entry, ...], through: tuple[int, ...]) -> StudyPath:
    """A play-the-winner study whose subjects were drawn with that much of the feed."""
    definition = a_study(DESIGNS["play_the_winner"])
    asked = tuple(
        Asked(Subject(number, {"ldl": "LT85"}), 1, "", "A", read) for number, read in enumerate(through, start=1)
    )
    return StudyPath("NB-301", {1: definition}, asked, entries)


def platform(subjects: int = 12) -> StudyPath:
    """The platform study that comes along, each subject eligible for some agents."""
    definition = the_study("activ6")
    codes = [agent.code for agent in definition.randomization.agents]  # type: ignore[union-attr]  # a platform plan
    eligible = [tuple(codes[:2]), tuple(codes[:1]), tuple(codes)]
    asked = tuple(
        Asked(Subject(number, {}, eligible[number % 3]), 1, "", definition.arms[0].code)
        for number in range(1, subjects + 1)
    )
    return StudyPath("ACTIV-6", {1: definition}, asked)


def test_a_platform_is_drawn_within_each_subject_s_agents() -> None:
    """1 / (m + 1) for each active arm of m agents, and nothing else."""
    path = platform(3)
    agents = {agent.code: agent for agent in path.versions[1].randomization.agents}  # type: ignore[union-attr]  # as above
    drawn = drawn_paths(path, 400, 1)
    for row, each in zip(drawn, path.asked, strict=True):
        own = [agents[code] for code in each.facts.agents]
        given = Counter(path.arms[arm] for arm in row.tolist())
        assert set(given) <= {arm for agent in own for arm in (agent.active, agent.placebo)}
        share = 1 / (len(own) + 1)
        for agent in own:
            assert abs(given[agent.active] / 400 - share) < 5 * (share * (1 - share) / 400) ** 0.5


def test_a_correction_takes_back_what_it_corrects() -> None:
    """So many balls as responses stand at each draw, in the arm that is drawn for the subject here."""
    corrected = learning((Entry(1, 1, 1), Entry(2, 1, 0)), (0, 1, 2))
    plain = learning((Entry(1, 1, 0),), (0, 0, 1))
    unknown = learning((Entry(1, 1, 1), Entry(2, 1, None)), (0, 0, 2))
    silent = learning((), (0, 0, 0))
    keys = [bytes([number]) * 32 for number in range(60)]
    assert [corrected.drawn(key)[2] for key in keys] == [plain.drawn(key)[2] for key in keys]
    assert [unknown.drawn(key) for key in keys] == [silent.drawn(key) for key in keys]
    assert [corrected.drawn(key)[1] for key in keys] != [plain.drawn(key)[1] for key in keys]


@pytest.mark.parametrize("path", [platform(), learning((Entry(1, 1, 1),), (0, 1))], ids=["platform", "learning"])
def test_a_record_tells_the_same_path(path: StudyPath) -> None:
    """Through JSON and back."""
    again = path_in(json.loads(json.dumps(path_record(path))))
    assert again == path
    assert again.drawn(KEY) == path.drawn(KEY)


def test_the_same_seed_draws_the_same_paths() -> None:
    """One row a subject, one column a trial; progress is told to the end."""
    told: list[tuple[int, int]] = []
    first = drawn_paths(platform(), 30, 7, lambda done, asked: told.append((done, asked)))
    assert first.shape == (12, 30)
    assert (first == drawn_paths(platform(), 30, 7)).all()
    assert (first != drawn_paths(platform(), 30, 8)).any()
    assert told[-1] == (30, 30)


def test_the_p_value_counts_paths_at_least_as_extreme() -> None:
    """By hand from the same paths: (x + 1) / (B + 1)."""
    path = learning((), (0,) * 6)
    given = path.drawn(KEY)
    path = StudyPath(
        path.protocol, path.versions, tuple(e._replace(arm=a) for e, a in zip(path.asked, given, strict=True))
    )
    outcomes = [Fraction(place) for place in range(6)]
    found = rerandomize_path(path, outcomes, trials=50, seed=3)
    drawn = groups_of(drawn_paths(path, 50, 3), list(range(6)), len(path.arms))

    def apart(groups: tuple[tuple[int, int], ...]) -> Fraction:
        (n, x), (m, y) = groups
        return abs(Fraction(x, n) - Fraction(y, m)) if n and m else Fraction(0)

    own = [[place for place in range(6) if given[place] == arm] for arm in path.arms]
    observed = abs(Fraction(sum(own[0]), len(own[0])) - Fraction(sum(own[1]), len(own[1])))
    extreme = sum(apart(groups) >= observed for groups in drawn)
    assert (found.p_value, found.exact, found.histories) == (Fraction(extreme + 1, 51), False, 50)


def test_one_arm_alone_is_not_compared() -> None:
    """As with designs."""
    with pytest.raises(NothingToCompare):
        rerandomize_path(learning((), (0, 0)), [Fraction(1), Fraction(2)], trials=10)
