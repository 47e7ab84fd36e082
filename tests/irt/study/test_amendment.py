"""What an amendment cannot change, rule by rule, each by its name."""

from typing import Any

import pytest

from irt.study.amendment import (
    AmendmentNotPossible,
    cohorts_begun,
    misfits,
    obstacles,
    refuse_obstacles,
    sequence_of,
)
from irt.study.arms import Arm, Cohort, Factor, Level
from irt.study.definition import StudyDefinition
from irt.study.in_use import InUse
from irt.study.network import Site as StudySite
from irt.study.resupply import MinMax
from tests.builders_supply import the_lipid_study, the_study

LIPID = the_lipid_study()
OPENED = InUse(
    opened=True,
    randomized=3,
    visits={"D1": 0, "W4": 2},
    dose_levels=frozenset({"Q2W"}),
    levels=frozenset({("ldl", "LT85"), ("region", "Europe")}),
    kit_types=frozenset({"PEN-A", "PEN-P"}),
    sites=frozenset({"1001", "1002", "1003", "1004", "1005"}),
)


def with_(study: StudyDefinition, /, **parts: Any) -> StudyDefinition:
    """The study with other parts."""
    return study.model_copy(update=parts)


def with_first(study: StudyDefinition, part: str, **facts: Any) -> StudyDefinition:
    """The study with the first entry of one part changed."""
    first, *others = getattr(study, part)
    return with_(study, **{part: (first.model_copy(update=facts), *others)})


def without_first(study: StudyDefinition, part: str) -> StudyDefinition:
    """The study without the first entry of one part."""
    return with_(study, **{part: getattr(study, part)[1:]})


def renamed_level(study: StudyDefinition) -> StudyDefinition:
    """The level that was entered has another code."""
    return with_first(study, "factors", levels=(Level(code="OTHER", name="Other"), *study.factors[0].levels[1:]))


def replanned(study: StudyDefinition, **facts: Any) -> StudyDefinition:
    """Other randomization settings."""
    return with_(study, randomization=study.randomization.model_copy(update=facts))


def levels_of(study: StudyDefinition, **levels: MinMax) -> StudyDefinition:
    """Other levels of the whole study."""
    resupply = study.resupply.model_copy(update={"study": {**study.resupply.study, **levels}})
    return with_(study, resupply=resupply)


LAST_LANE = LIPID.lanes[-1]
ALLOWED = {
    "a later visit": with_first(LIPID, "visits", day=0, window_after_days=99),
    "a shorter window": with_first(LIPID, "kit_types", contents="as before, in a box"),
    "a limit": with_(LIPID, caps=()),
    "the arm's words": with_first(LIPID, "arms", name="Another name"),
    "one more level": with_first(
        LIPID, "factors", levels=(*LIPID.factors[0].levels, Level(code="NEW", name="New level"))
    ),
    "one more factor": with_(LIPID, factors=(*LIPID.factors, Factor(code="sex", name="Sex"))),
    "a country's name": with_first(LIPID, "countries", name="Albion", aliases=("UK",)),
    "a country with its lane": with_(
        LIPID,
        countries=(*LIPID.countries, LIPID.countries[0].model_copy(update={"code": "MT", "name": "Malta"})),
        lanes=(*LIPID.lanes, LAST_LANE.model_copy(update={"target": "MT"})),
    ),
    "a site that was added": with_(LIPID, sites=(*LIPID.sites, StudySite(number="1005", name="New", country="GB"))),
    "levels of a new kit type": levels_of(LIPID, NEW=MinMax(minimum=1, maximum=2)),
    "nothing": LIPID,
}
REFUSED = {
    "AnotherStudy": with_(LIPID, study=LIPID.study.model_copy(update={"protocol": "NB-302"})),
    "SequenceSettled": replanned(LIPID, block_sizes=(8,)),
    "ArmGone": with_(the_study("activ6"), arms=the_study("activ6").arms[1:]),
    "LevelGone": renamed_level(LIPID),
    "KitTypeGone": without_first(LIPID, "kit_types"),
    "KitTypeChanged": with_first(LIPID, "kit_types", blinding_group="OTHER"),
    "DoseLevelGone": with_(LIPID, dose_levels=tuple(one for one in LIPID.dose_levels if one.code != "Q2W")),
    "VisitGone": with_(LIPID, visits=tuple(one for one in LIPID.visits if one.code != "D1")),
    "VisitChanged": with_(
        LIPID,
        visits=tuple(
            one.model_copy(update={"anchor": "screening"}) if one.code == "W4" else one for one in LIPID.visits
        ),
    ),
    "CountryChanged": with_first(LIPID, "countries", label_group="another"),
    "DepotChanged": with_first(LIPID, "depots", name="Another depot"),
    "SiteChanged": with_first(LIPID, "sites", name="Another name"),
    "SiteNotAdded": with_(LIPID, sites=(*LIPID.sites, StudySite(number="1099", name="New", country="GB"))),
    "LaneChanged": with_first(LIPID, "lanes", lead_time_days=99),
    "LevelsChanged": levels_of(LIPID, **{"PEN-A": MinMax(minimum=1, maximum=2)}),
}


@pytest.mark.parametrize("after", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_an_amendment_may_change(after: StudyDefinition) -> None:
    """Nothing stands in its way."""
    assert obstacles(LIPID, after, OPENED) == ()


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_may_not(name: str) -> None:
    """Each by its own name, in a sentence; and the refusal tells it."""
    after = REFUSED[name]
    before = the_study("activ6") if after.study.protocol == the_study("activ6").study.protocol else LIPID
    in_use = OPENED if before is LIPID else InUse(opened=True)
    found = obstacles(before, after, in_use)
    assert name in {finding.name for finding in found}
    with pytest.raises(AmendmentNotPossible, match=name):
        refuse_obstacles(tuple(each for each in found if each.name == name))


def test_before_a_site_opens_the_sequence_may_change() -> None:
    """Nothing was drawn, and nothing could have been."""
    assert obstacles(LIPID, replanned(LIPID, block_sizes=(8,)), InUse()) == ()
    refuse_obstacles(())


def test_an_item_in_stock_stays() -> None:
    """As kits do."""
    found = obstacles(LIPID, LIPID, InUse(items=frozenset({"WIPES"})))
    assert [finding.name for finding in found] == ["ItemGone"]


def test_a_site_is_not_asked_about_the_network() -> None:
    """What its subjects need is asked alone."""
    assert misfits(LIPID, REFUSED["LaneChanged"], OPENED) == ()
    assert [each.name for each in misfits(LIPID, renamed_level(LIPID), OPENED)] == ["LevelGone"]


def test_two_versions_with_one_sequence() -> None:
    """Words may differ; ratio, blocks, arms, and the source of a balanced factor may not."""
    again = with_first(LIPID, "arms", name="Another name")
    assert sequence_of(LIPID) == sequence_of(again)
    for other in (
        with_first(LIPID, "arms", ratio=2),
        replanned(LIPID, block_sizes=(8,)),
        with_(LIPID, arms=LIPID.arms[::-1]),
        with_first(LIPID, "factors", source="site"),
    ):
        assert sequence_of(LIPID) != sequence_of(other)


@pytest.mark.parametrize("name", ["activ6", "escalation"])
def test_platforms_and_cohorts_remember_nothing(name: str) -> None:
    """So an agent or a cohort may be added while subjects are enrolled."""
    study = the_study(name)
    wider = with_(study, arms=(*study.arms, Arm(code="NEW", name="New")))
    assert sequence_of(study) == sequence_of(wider)
    assert obstacles(study, wider, InUse(opened=True, randomized=9)) == ()


def cohorts(*sizes: int) -> tuple[Cohort, ...]:
    """Cohorts of these sizes, one after the other."""
    return tuple(Cohort(code=f"C{n}", name=f"Cohort {n}", arm="DL1", size=size) for n, size in enumerate(sizes))


@pytest.mark.parametrize(
    ("randomized", "after", "fits"),
    [
        (0, cohorts(6, 6), True),
        (2, cohorts(3, 3, 3, 3), True),
        (2, cohorts(6, 3), True),
        (3, cohorts(6, 3), True),
        (2, cohorts(1, 3), False),
        (4, cohorts(6, 3), False),
        (4, cohorts(3, 6), True),
        (4, cohorts(3, 1), True),
        (5, cohorts(3, 1), False),
        (4, cohorts(3), False),
        (4, cohorts(3, 3)[::-1], False),
    ],
)
def test_cohorts_that_have_begun_stay(randomized: int, after: tuple[Cohort, ...], fits: bool) -> None:
    """In their places; the last one begun may grow, or shrink to those it holds."""
    before = with_(the_study("escalation"), cohorts=cohorts(3, 3, 3))
    found = obstacles(before, with_(before, cohorts=after), InUse(opened=True, randomized=randomized))
    assert (found == ()) is fits
    assert {each.name for each in found} <= {"CohortBegun"}


def test_which_cohorts_have_begun() -> None:
    """Filled ones and the one being filled."""
    assert [len(cohorts_begun(cohorts(3, 3, 3), count)) for count in (0, 1, 3, 4, 9, 99)] == [0, 1, 1, 2, 3, 3]
