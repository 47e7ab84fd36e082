"""What an approval is worth on a day, and which of several counts."""

from datetime import date, timedelta

import pytest

from irt.study.activation import (
    ActivationRules,
    ApprovalFacts,
    ApprovalOf,
    ApprovalState,
    amendment_standings,
    country_standings,
    lacking,
    standings,
    state_on,
)

DAY = date(2026, 3, 2)
RULES = ActivationRules()


def an_approval(kind: ApprovalOf = ApprovalOf.ETHICS, **changes: object) -> ApprovalFacts:
    """A confirmed approval of site 1001 that does not end."""
    known = ApprovalFacts(1, kind, "GB", "1001", DAY - timedelta(days=9), None, True, False)
    return known._replace(**changes)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, ApprovalState.IN_FORCE),
        ({"until": DAY + timedelta(days=31)}, ApprovalState.IN_FORCE),
        ({"until": DAY + timedelta(days=30)}, ApprovalState.ENDING),
        ({"until": DAY}, ApprovalState.ENDING),
        ({"until": DAY - timedelta(days=1)}, ApprovalState.EXPIRED),
        ({"granted_on": DAY + timedelta(days=1)}, ApprovalState.TO_COME),
        ({"confirmed": False}, ApprovalState.UNCONFIRMED),
        ({"confirmed": False, "kind": ApprovalOf.TRAINING}, ApprovalState.IN_FORCE),
        ({"withdrawn": True, "until": DAY}, ApprovalState.WITHDRAWN),
    ],
)
def test_an_approval_on_a_day(changes: dict[str, object], state: ApprovalState) -> None:
    """It holds on its last day itself; papers of authorities wait for a second person, training does not."""
    assert state_on(an_approval(**changes), DAY, RULES.warn_days) == state


def test_the_better_approval_counts() -> None:
    """An extension that ends later ends the warning; another site's approval is nobody's."""
    ending, longer = an_approval(until=DAY), an_approval(number=2, until=DAY + timedelta(days=400))
    (first, *_) = [one for one in standings(RULES, (ending, longer), "GB", "1001", DAY) if one.number]
    assert (first.kind, first.state, first.number) == (ApprovalOf.ETHICS, ApprovalState.IN_FORCE, 2)
    elsewhere = standings(RULES, (ending, longer), "GB", "1002", DAY)
    assert {one.state for one in elsewhere} == {ApprovalState.MISSING}


def test_a_countrys_approval_counts_at_its_sites() -> None:
    """Of every kind, also where sites are asked; what is missing is told by name."""
    whole = tuple(an_approval(kind, site="") for kind in RULES.asked)
    assert not list(lacking(standings(RULES, whole, "GB", "1001", DAY)))
    assert {one.kind for one in country_standings(RULES, whole, "GB", DAY)} == set(RULES.country)
    gone = [one for one in whole if one.kind != ApprovalOf.PHARMACY]
    assert list(lacking(standings(RULES, gone, "GB", "1001", DAY))) == ["pharmacy ready (not recorded)"]
    assert list(lacking(standings(RULES, whole, "NL", "1004", DAY)))


def test_an_amendment_asks_anew() -> None:
    """Only approvals of that version count for it, and of a later one none for what is in force."""
    first, second = an_approval(), an_approval(number=2, version=2)
    of_country = second._replace(kind=ApprovalOf.AUTHORITY, site="")
    anew = amendment_standings(RULES, (first, second), "GB", "1001", DAY, 2)
    assert {one.kind: one.number for one in anew} == {ApprovalOf.ETHICS: 2, ApprovalOf.AUTHORITY: 0}
    assert not list(lacking(amendment_standings(RULES, (second, of_country), "GB", "1001", DAY, 2)))
    assert len(list(lacking(amendment_standings(RULES, (second, of_country), "GB", "1001", DAY, 3)))) == 2
    before = standings(RULES, (second,), "GB", "1001", DAY, 1)
    assert {one.state for one in before} == {ApprovalState.MISSING}
    small = RULES.model_copy(update={"substantial": False})
    assert amendment_standings(small, (), "GB", "1001", DAY, 2) == ()
    assert amendment_standings(None, (), "GB", "1001", DAY, 2) == ()


def test_a_study_that_asks_for_nothing() -> None:
    """Nothing is missing where nothing is asked."""
    assert standings(None, (), "GB", "1001", DAY) == ()
