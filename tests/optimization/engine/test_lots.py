"""Which lot each kit comes from: nothing is wasted that need not be."""

from collections import Counter
from collections.abc import Iterable

from optimization.engine.lots import Allotted, allot
from tests.optimization.engine.small import LONG, on_its_way, small


def by_visit(allotted: Iterable[Allotted]) -> list[tuple[int | None, str]]:
    """The day of each kit's visit, and its lot; None: for the blind."""
    return sorted(((one.carried.want.day if one.carried.want else -1), one.lot) for one in allotted)


def test_kits_that_would_expire_are_used() -> None:
    """Though the lot that lasts could serve every visit."""
    problem = small([("K1", 30), ("K2", LONG)], [("C0", "K1", 0, 2), ("C0", "K2", 0, 9)])
    allotted, without = allot(problem, [on_its_way(problem, day) for day in (10, 20, 35)])
    assert not without
    assert Counter(one.lot for one in allotted) == {"K1": 2, "K2": 1}


def test_the_first_to_expire_goes_to_the_first_visit() -> None:
    """Each visit has a lot that lasts until it, and the short one is not spent on the long wait."""
    problem = small([("K1", 15), ("K2", 25)], [("C0", "K1", 0, 1), ("C0", "K2", 0, 1)])
    allotted, _ = allot(problem, [on_its_way(problem, 20), on_its_way(problem, 10)])
    assert by_visit(allotted) == [(10, "K1"), (20, "K2")]


def test_what_travels_for_the_blind_is_of_a_lot_that_expires_anyway() -> None:
    """A kit nobody uses wastes nothing more if it would have expired."""
    problem = small([("K1", 30), ("K2", LONG)], [("C0", "K1", 0, 2), ("C0", "K2", 0, 2)])
    allotted, _ = allot(problem, [on_its_way(problem, None), on_its_way(problem, 35)])
    assert by_visit(allotted) == [(-1, "K1"), (35, "K2")]


def test_a_used_kit_comes_before_an_unused_one() -> None:
    """Of a lot with one kit that expires, a visit has the good of it."""
    problem = small([("K1", 30), ("K2", LONG)], [("C0", "K1", 0, 1), ("C0", "K2", 0, 2)])
    allotted, _ = allot(problem, [on_its_way(problem, None), on_its_way(problem, 10)])
    assert Counter(one.lot for one in allotted) == {"K1": 1, "K2": 1}


def test_without_a_lot_kits_are_told() -> None:
    """Of a lot that comes later, of one that does not last, and beyond those there are."""
    problem = small([("K1", 15), ("K2", LONG)], [("C0", "K1", 0, 5), ("C0", "K2", 9, 1)])
    kits = [on_its_way(problem, 20), on_its_way(problem, 30, leaves=9), on_its_way(problem, 31, leaves=9)]
    allotted, without = allot(problem, kits)
    assert [one.lot for one in allotted] == ["K2"]
    assert len(without) == 2
