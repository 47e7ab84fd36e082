"""The route of a lot: steps in their order, nothing that outlives what it was signed upon."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from irt.errors import Refusal
from irt.states.release import OF_WHOLE_ROUTE, ReleaseStepKind, StepOutcome, StepState, step_words
from irt.study.release import PRESETS, ReleaseRoute, RouteStep, route_to
from irt.supply.release_route import (
    AnotherPersonNeeded,
    StepDoesNotStand,
    StepLine,
    StepNotOnRoute,
    StepOutOfOrder,
    StepStandsAlready,
    arrived,
    refuse_step,
    walk,
)

K, Out = ReleaseStepKind, StepOutcome
EU = PRESETS["eu"]
CERTIFIED, APPROVED, RELEASED = (step.kind for step in EU)


def _lines(*written: tuple[ReleaseStepKind, StepOutcome, int]) -> dict[ReleaseStepKind, StepLine]:
    """What was written in this order; the latest line of each step."""
    return {kind: StepLine(order, outcome, who) for order, (kind, outcome, who) in enumerate(written, 1)}


def _states(*written: tuple[ReleaseStepKind, StepOutcome, int]) -> list[StepState]:
    return [one.state for one in walk(EU, _lines(*written))]


S, N, W = StepState.STANDS, StepState.NEXT, StepState.WAITS


@pytest.mark.parametrize(
    ("written", "states"),
    [
        ((), [N, W, W]),
        (((CERTIFIED, Out.SIGNED, 1),), [S, N, W]),
        (((CERTIFIED, Out.REFUSED, 1),), [N, W, W]),
        (((CERTIFIED, Out.SIGNED, 1), (APPROVED, Out.SIGNED, 1), (RELEASED, Out.SIGNED, 2)), [S, S, S]),
        (((CERTIFIED, Out.SIGNED, 1), (APPROVED, Out.SIGNED, 1), (APPROVED, Out.WITHDRAWN, 1)), [S, N, W]),
        (
            ((APPROVED, Out.SIGNED, 1), (RELEASED, Out.SIGNED, 2), (CERTIFIED, Out.SIGNED, 1)),
            [S, N, W],
        ),
    ],
)
def test_where_every_step_stands(
    written: tuple[tuple[ReleaseStepKind, StepOutcome, int], ...], states: list[StepState]
) -> None:
    """The first that does not stand is next; a certificate signed anew asks for everything after it anew."""
    assert _states(*written) == states
    assert arrived(walk(EU, _lines(*written))) == (states == [S, S, S])


@given(st.lists(st.tuples(st.sampled_from([s.kind for s in EU]), st.sampled_from(list(Out)), st.integers(1, 3))))
@settings(deadline=None, max_examples=200)
def test_a_lot_arrives_by_signatures_in_order_alone(
    tried: list[tuple[ReleaseStepKind, StepOutcome, int]],
) -> None:
    """Whatever is tried: who is let through in order arrives, and any withdrawal or refusal undoes it."""
    lines: dict[ReleaseStepKind, StepLine] = {}
    for order, (kind, outcome, who) in enumerate(tried, 1):
        before = walk(EU, lines)
        try:
            refuse_step(before, kind, outcome, who, "FR")
        except Refusal:
            continue
        place = [step.kind for step in EU].index(kind)
        assert all(one.state == S for one in before[:place])
        lines[kind] = StepLine(order, outcome, who)
        after = walk(EU, lines)
        assert (after[place].state == S) == (outcome == Out.SIGNED)
        assert outcome == Out.SIGNED or not arrived(after)
    if arrived(walk(EU, lines)):
        assert lines[CERTIFIED].order < lines[APPROVED].order < lines[RELEASED].order
        assert lines[RELEASED].account_id not in {lines[CERTIFIED].account_id, lines[APPROVED].account_id}


@pytest.mark.parametrize(
    ("kind", "outcome", "who", "refusal"),
    [
        (K.IMPORT_RELEASE, Out.SIGNED, 1, StepNotOnRoute),
        (RELEASED, Out.SIGNED, 2, StepOutOfOrder),
        (RELEASED, Out.REFUSED, 2, StepOutOfOrder),
        (CERTIFIED, Out.SIGNED, 2, StepStandsAlready),
        (CERTIFIED, Out.REFUSED, 2, StepStandsAlready),
        (APPROVED, Out.WITHDRAWN, 2, StepDoesNotStand),
    ],
)
def test_what_may_not_be_signed_has_a_name(
    kind: ReleaseStepKind, outcome: StepOutcome, who: int, refusal: type[Refusal]
) -> None:
    """Certified alone: the approval is next, and everything else is refused by name."""
    walked = walk(EU, _lines((CERTIFIED, Out.SIGNED, 1)))
    refuse_step(walked, APPROVED, Out.SIGNED, who, "FR")
    with pytest.raises(refusal):
        refuse_step(walked, kind, outcome, who, "FR")


def test_another_person_means_nobody_before() -> None:
    """Neither who certified nor who approved releases to the trial."""
    walked = walk(EU, _lines((CERTIFIED, Out.SIGNED, 1), (APPROVED, Out.SIGNED, 2)))
    for who in (1, 2):
        with pytest.raises(AnotherPersonNeeded, match="release to the trial"):
            refuse_step(walked, RELEASED, Out.SIGNED, who, "FR")
    refuse_step(walked, RELEASED, Out.SIGNED, 3, "FR")


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_be_walked(name: str) -> None:
    """A route called so needs no steps of its own; steps about the batch come first, words for each."""
    route = ReleaseRoute(code=name, countries=("FR",))
    assert route.in_order == PRESETS[name]
    assert route.in_order[0].kind in OF_WHOLE_ROUTE
    assert all(step_words(step.kind) for step in route.in_order)


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("mars", ()),
        ("x", (K.COUNTRY_APPROVAL, K.QP_CERTIFICATION)),
        ("x", (K.COUNTRY_APPROVAL, K.COUNTRY_APPROVAL)),
    ],
)
def test_routes_that_cannot_be_walked_are_refused(code: str, kinds: tuple[ReleaseStepKind, ...]) -> None:
    """No steps, a step of a country before one about the batch, a step twice."""
    with pytest.raises(ValidationError):
        ReleaseRoute(code=code, steps=tuple(RouteStep(kind=kind) for kind in kinds))


def test_a_country_named_by_a_route_leaves_that_of_its_region() -> None:
    """Named first, then the region; else there is none."""
    eu, ch = ReleaseRoute(code="eu", regions=("EU",)), ReleaseRoute(code="import", countries=("CH",))
    assert [route_to((eu, ch), code, "EU") for code in ("FR", "CH")] == [eu, ch]
    assert route_to((eu, ch), "US", "") is None
