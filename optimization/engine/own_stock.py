"""Kits at a site are interchangeable once they are there: its own stock waits for later visits where that helps.

A visit served from long-lived own stock, at a time when kits for later visits are already there, changes with one
of them: nothing travels otherwise, and the kit that travels may be of a lot that expires sooner.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from optimization.engine.carried import Carried
from optimization.engine.needs import Want
from optimization.plan import Dispensing
from optimization.problem import Problem


def spare_own_stock(problem: Problem, kits: Sequence[Carried], own: Iterable[Dispensing]) -> list[Dispensing]:
    """The use of the own stock after all such changes; `kits` are changed with it."""
    there: dict[tuple[str, str], list[Carried]] = defaultdict(list)
    for one in kits:
        if one.want:
            there[(one.site.id, one.kit)].append(one)
    lasting = {(row.site, row.kit, row.day): row.day + max(1, row.dnd_days) for row in problem.demand}
    used: list[Dispensing] = []
    for row in sorted(own, key=lambda row: -row.day):
        for _ in range(row.kits):
            early = Want(row.day, row.kit, lasting[(row.site, row.kit, row.day)])
            later = _later(there[(row.site, row.kit)], early, problem.lots[row.lot].expiry_day)
            if later is None or later.want is None:
                used.append(Dispensing(row.site, row.kit, row.day, row.lot, 1))
            else:
                used.append(Dispensing(row.site, row.kit, later.want.day, row.lot, 1))
                later.want = early
    return used


def _later(kits: Iterable[Carried], early: Want, own_expiry_day: int) -> Carried | None:
    """The kit there in time for the early visit whose own visit is the latest the own stock can serve."""
    fit = [
        one
        for one in kits
        if one.want
        and one.trip.arrives <= early.day < one.want.day
        and early.lasts_until < one.want.lasts_until <= own_expiry_day
    ]
    return max(fit, key=lambda one: one.want.day if one.want else 0, default=None)
