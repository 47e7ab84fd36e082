"""What changed between two versions, in words: nothing that differs goes untold, each voice keeps to its part."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from irt.study.blinded import BlindedStudy, blinded_study
from irt.study.comparison import PARTS_NAMED, blinded_changes, unblinded_changes
from irt.study.definition import StudyDefinition
from irt.study.rules import Cap
from tests.builders_supply import the_study

STUDIES = ("fourier", "ist", "activ6", "escalation")


def sentences(before: StudyDefinition, after: StudyDefinition) -> list[str]:
    """Everything that is told to unblinded people."""
    return [change.sentence for change in unblinded_changes(before, after)]


def public(before: StudyDefinition, after: StudyDefinition) -> list[str]:
    """What is told to everybody."""
    return [change.sentence for change in blinded_changes(blinded_study(before), blinded_study(after))]


@pytest.mark.parametrize("name", STUDIES)
def test_the_same_study_has_no_changes(name: str) -> None:
    """In neither voice."""
    study = the_study(name)
    assert sentences(study, study) == public(study, study) == []


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all plain values of a definition."""
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in leaves(each, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, each in enumerate(value) for leaf in leaves(each, (*path, index))]
    return [path]


def other(value: Any) -> Any:
    """Another plain value of the same kind."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value or 'X'}1"


def changed(whole: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """The same values with one changed; the definition's other parts are shared."""
    head, *rest = path
    if not rest:
        return {**whole, head: other(whole[head])} if isinstance(whole, dict) else _in_list(whole, head, ())
    if isinstance(whole, dict):
        return {**whole, head: changed(whole[head], tuple(rest))}
    return _in_list(whole, head, tuple(rest))


def _in_list(whole: Any, index: int, rest: tuple[Any, ...]) -> Any:
    new = changed(whole[index], rest) if rest else other(whole[index])
    return [*whole[:index], new, *whole[index + 1 :]]


def readable(whole: dict[str, Any]) -> Any:
    """The definition, or none where a value cannot stand in its place."""
    try:
        return StudyDefinition.model_validate(whole)
    except ValidationError:
        return None


@pytest.mark.parametrize("parts", [tuple(StudyDefinition.model_fields), BlindedStudy._fields])
def test_every_part_has_words(parts: tuple[str, ...]) -> None:
    """A part that is added to a study can be told of, in either voice."""
    assert set(parts) <= PARTS_NAMED


@pytest.mark.parametrize("name", STUDIES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_differs_is_told(name: str, data: st.DataObject) -> None:
    """Any one value of the file changed gives at least one sentence, which ends as one."""
    study = the_study(name)
    whole = study.model_dump(mode="json")
    path = data.draw(st.sampled_from(leaves(whole)))
    after = readable(changed(whole, path))
    assume(after is not None and after != study)
    told = sentences(study, after)
    assert told
    assert all(sentence.endswith(".") and sentence[0].upper() == sentence[0] for sentence in told)


def test_a_visit_a_window_and_a_limit() -> None:
    """Entries by their code, facts by their name, old and new beside each other."""
    before = the_study("fourier")
    first, *others = before.visits
    wider = first.model_copy(update={"window_after_days": first.window_after_days + 3})
    late = others[-1].model_copy(update={"code": "LATE", "name": "Late visit", "dispenses": False})
    after = before.model_copy(
        update={
            "visits": (wider, *others, late),
            "caps": (*before.caps, Cap(scope="country", key="NL", subjects=40)),
            "titration": before.titration[1:],
        }
    )
    told = public(before, after)
    days = first.window_after_days
    assert f"Visit {first.code}: window after days was {days}, is now {days + 3}." in told
    assert any(sentence.startswith("Visit LATE is new: code LATE, name Late visit") for sentence in told)
    assert any(sentence.startswith("Limit on country · NL · randomized is new") for sentence in told)
    gone = before.titration[0]
    assert f"Change of dose {gone.origin} · {gone.target} is gone." in told


def test_an_order_is_a_fact() -> None:
    """The order of the arms decides the draws."""
    before = the_study("fourier")
    after = before.model_copy(update={"arms": before.arms[::-1]})
    assert sentences(before, after) == ["The order of Arms changed."]


@pytest.mark.parametrize("name", ["fourier", "activ6"])
def test_what_is_restricted_is_told_to_unblinded_people_alone(name: str) -> None:
    """Compositions, windows, blocks and ratios change nothing that everybody reads."""
    before = the_study(name)
    kit_types = tuple(kit.model_copy(update={"contents": f"{kit.contents}, new"}) for kit in before.kit_types)
    arms = tuple(arm.model_copy(update={"name": f"{arm.name} again"}) for arm in before.arms)
    after = before.model_copy(update={"kit_types": kit_types, "arms": arms})
    assert public(before, after) == []
    assert len(sentences(before, after)) == len(kit_types) + len(arms)
