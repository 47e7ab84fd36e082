"""What a version changes for a subject, for kits as they look, and for kits by type: known answers."""

from datetime import date, timedelta
from typing import Any

import pytest

from irt.study.blinded import blinded_study
from irt.study.definition import StudyDefinition
from irt.study.impact import (
    KitPile,
    SubjectChange,
    SubjectFacts,
    looks_changed,
    subject_impact,
    windows_impact,
)
from tests.builders_supply import the_lipid_study

DAY = date(2026, 3, 2)
SUBJECT = SubjectFacts(
    "1001-0001", "1001", None, {"randomization": DAY - timedelta(days=10)}, frozenset({("D1", 0)})
)


def visits(study: StudyDefinition, code: str, **facts: Any) -> StudyDefinition:
    """The study with another visit of that code."""
    changed = tuple(one.model_copy(update=facts) if one.code == code else one for one in study.visits)
    assert changed != study.visits
    return study.model_copy(update={"visits": changed})


def next_visit(study: StudyDefinition) -> str:
    """The code of the subject's next visit."""
    found = subject_impact(blinded_study(study), blinded_study(study), SUBJECT, DAY).next_before
    assert found is not None
    return found.label


def more_kits(study: StudyDefinition, visit: str) -> StudyDefinition:
    """The study with one kit more of each type at that visit and those of the same rules, in every arm."""
    rules = tuple(
        rule.model_copy(
            update={"kits": tuple(need.model_copy(update={"quantity": need.quantity + 1}) for need in rule.kits)}
        )
        if visit in rule.visits
        else rule
        for rule in study.dispensing
    )
    return study.model_copy(update={"dispensing": rules})


@pytest.mark.parametrize(
    ("facts", "changes"),
    [
        ({}, ()),
        ({"window_after_days": 9}, (SubjectChange.WINDOWS,)),
        ({"day": 17}, (SubjectChange.NEXT_VISIT, SubjectChange.VISITS)),
    ],
)
def test_what_changes_for_a_subject(facts: dict[str, int], changes: tuple[SubjectChange, ...]) -> None:
    """Nothing, windows, or days; the next visit is told under both versions."""
    study = the_lipid_study()
    other = visits(study, next_visit(study), **facts) if facts else study
    found = subject_impact(blinded_study(study), blinded_study(other), SUBJECT, DAY)
    assert found.changes == changes
    assert (found.next_before == found.next_after) == (not facts)


def test_kits_that_change_are_told_by_their_look() -> None:
    """More of them at a visit; a visit that is over is nobody's business any more."""
    study = the_lipid_study()
    given = [visit.code for visit in study.visits if visit.dispenses]
    other = blinded_study(more_kits(study, given[-1]))
    assert subject_impact(blinded_study(study), other, SUBJECT, DAY).changes == (SubjectChange.KITS,)
    over = SUBJECT._replace(over=frozenset((visit.code, number) for visit in study.visits for number in range(99)))
    ended = subject_impact(blinded_study(study), other, over, DAY)
    assert (ended.changes, ended.next_before) == ((), None)


def test_kits_that_are_kept_otherwise() -> None:
    """By blinding group, in words; new and gone ones too."""
    study = the_lipid_study()
    first, *rest = study.blinding_groups
    warm = first.model_copy(update={"storage": "15-25C"})
    other = study.model_copy(update={"blinding_groups": (warm, *rest)})
    (told,) = looks_changed(blinded_study(study), blinded_study(other))
    assert (told.blinding_group, told.changes) == (first.code, ("storage was 2-8C, is now 15-25C",))
    fresh = first.model_copy(update={"code": "NEW"})
    third = blinded_study(study.model_copy(update={"blinding_groups": (fresh, *rest)}))._replace(gtins={})
    told_of = looks_changed(blinded_study(study)._replace(gtins={}), third)
    assert [(one.blinding_group, one.changes) for one in told_of] == [
        (first.code, ("is gone",)),
        ("NEW", ("is new",)),
    ]


def test_windows_close_and_open() -> None:
    """Only kits between the old edge and the new one are told, on the edge by the day."""
    study = the_lipid_study()
    kit_type = study.kit_types[0]
    country = next(one.code for one in study.countries if one.code not in kit_type.country_windows)
    old = kit_type.windows
    longer = old.model_copy(update={"dnc_days": old.dnc_days + 5, "dns_days": max(old.dns_days - 5, 0)})
    changed = kit_type.model_copy(update={"windows": longer})
    other = study.model_copy(update={"kit_types": (changed, *study.kit_types[1:])})
    edge = [old.dnc_days + days for days in (-1, 0, 4, 5)]
    here = [
        KitPile("Site 1", False, country, kit_type.code, DAY + timedelta(days=days), 10**n)
        for n, days in enumerate(edge)
    ]
    sent = KitPile("Depot D", True, country, kit_type.code, DAY + timedelta(days=old.dns_days - 1), 7)
    found = windows_impact(study, other, [*here, sent], DAY)
    assert [(one.place, one.window, one.lost, one.gained) for one in found] == [
        ("Depot D", "ship", 0, 7),
        ("Site 1", "count", 110, 0),
    ]
    assert {one.blinding_group for one in found} == {kit_type.blinding_group}
    assert windows_impact(other, study, [*here, sent], DAY)[1].gained == 110
