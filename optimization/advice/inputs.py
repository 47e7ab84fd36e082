"""Every input of a problem under the path that its file gives it, and problems with inputs changed.

`lots.L1.expiry_day`, `lanes.L-R0-S1.transit_days`, `nodes.S1.capacity.2-8C`, `costs.unmet_per_kit`;
rows of tables by their keys: `demand.SITE.KIT.DAY.qty`, `supply.NODE.LOT.DAY.qty`, `initial_stock.NODE.LOT.qty`,
`import_licences.COUNTRY.KIT.from_day`. Keys left out at the end mean every row.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from difflib import get_close_matches
from typing import Any, NamedTuple

from irt.errors import BadInput
from optimization.advice.changes import Change, How, changed_list, changed_number, changed_word
from optimization.bench_format import rows_of
from optimization.bench_written import written
from optimization.problem import Problem
from optimization.problem_file import read_problem

KEYS: Mapping[str, tuple[str, ...]] = {
    "kit_types": ("id",),
    "lots": ("id",),
    "nodes": ("id",),
    "lanes": ("id",),
    "shippers": ("id",),
    "supply": ("node", "lot", "day"),
    "initial_stock": ("node", "lot"),
    "import_licences": ("country", "kit"),
    "demand": ("site", "kit", "day"),
}
"""Lists of the file, and the columns that a path names a row by."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "kit_types": ("temp", "volume", "unit_cost"),
    "lots": ("kit", "expiry_day", "released_countries"),
    "nodes": ("type", "country", "closed", "capacity"),
    "lanes": ("frm", "to", "transit_days", "dispatch_weekdays", "fixed_cost", "kit_cost", "temps"),
    "shippers": ("temp", "capacity", "cost", "hold_days"),
    "supply": ("node", "lot", "day", "qty"),
    "initial_stock": ("node", "lot", "qty"),
    "import_licences": ("country", "kit", "from_day", "to_day", "max_kits"),
    "demand": ("site", "kit", "day", "qty", "dnd_days"),
}
SINGLE = ("start_date", "horizon_days", "temp_classes", "blind_groups", "blind_min_each", "costs")
"""Inputs that stand by themselves; costs have a tree of their own."""
OF_NUMBERS = {"closed", "dispatch_weekdays"}
_COUNTED_ALONG = {"demand": ("site", "kit"), "supply": ("node", "lot"), "initial_stock": ("node", "lot")}
"""Numbers of kits are scaled together along these, so that small rows do not all round to what they were."""


class UnknownInput(BadInput):
    """A path that names nothing in the problem."""


class Spot(NamedTuple):
    """Where one input stands: in which object under which name; `along` groups what is scaled together."""

    holder: dict[str, Any]
    name: str
    along: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A problem with changed inputs, and how many inputs each change touched."""

    problem: Problem
    touched: tuple[int, ...]


def changed_problem(problem: Problem, changes: Sequence[Change]) -> Changed:
    """The problem with the changes made one after the other, read as any file is.

    Raises: UnknownInput, UnfitValue, and what reading a problem refuses.
    """
    file = open_file(problem)
    touched = tuple(_make(file, change) for change in changes)
    return Changed(read_problem(json.dumps(file)), touched)


def open_file(problem: Problem) -> dict[str, Any]:
    """The file's plain values, every list a list of objects."""
    told = json.loads(json.dumps(written(problem)))
    return {name: rows_of(value) if name in KEYS else value for name, value in told.items()}


def spots(file: dict[str, Any], change: Change) -> list[Spot]:
    """The inputs that a change names, in the order of the file; UnknownInput where there are none."""
    part = change.steps[0]
    if part in KEYS:
        return _in_rows(file, part, change)
    if part in SINGLE:
        return _in_tree(file, change)
    raise _unknown(change, part, [*KEYS, *SINGLE])


def _in_rows(file: dict[str, Any], part: str, change: Change) -> list[Spot]:
    keys, field, inside = _steps_of(part, change)
    rows: list[dict[str, Any]] = file[part]
    for column, step in zip(KEYS[part], keys, strict=False):
        found = [row for row in rows if _fits(step, str(row[column]))]
        if not found:
            raise _unknown(change, step, {str(row[column]) for row in rows})
        rows = found
    if not rows:
        raise UnknownInput(f"{change.typed}: the problem has no {part}. Nothing was calculated.")
    along = _COUNTED_ALONG.get(part, ()) if field == "qty" else ()
    if field != "capacity" or part != "nodes":
        return [Spot(row, field, tuple(str(row[each]) for each in along)) for row in rows]
    found_in = [Spot(row[field], temp) for row in rows for temp in row[field] if _fits(inside, temp)]
    if not found_in:
        raise _unknown(change, inside, {temp for row in rows for temp in row[field]})
    return found_in


def _steps_of(part: str, change: Change) -> tuple[tuple[str, ...], str, str]:
    """The keys, the field, and the class within a capacity."""
    steps, fields = change.steps[1:], FIELDS[part]
    if len(steps) > 1 and part == "nodes" and steps[-2] == "capacity":
        keys, field, inside = steps[:-2], "capacity", steps[-1]
    else:
        keys, field, inside = steps[:-1], steps[-1] if steps else "", "*"
    if field not in fields:
        raise _unknown(change, field, fields)
    if len(keys) > len(KEYS[part]):
        raise UnknownInput(
            f"{change.typed}: {part} are named by {', '.join(KEYS[part])}, and no more. Nothing was calculated."
        )
    return keys, field, inside


def _in_tree(file: dict[str, Any], change: Change) -> list[Spot]:
    holders: list[Spot] = [Spot(file, change.steps[0])]
    for step in change.steps[1:]:
        trees = [spot.holder[spot.name] for spot in holders if isinstance(spot.holder[spot.name], dict)]
        known = {name for tree in trees for name in tree}
        holders = [Spot(tree, name) for tree in trees for name in tree if _fits(step, name)]
        if not holders:
            raise _unknown(change, step, known)
    return list(_leaves(holders))


def _leaves(holders: Iterable[Spot]) -> Iterator[Spot]:
    for spot in holders:
        value = spot.holder[spot.name]
        if isinstance(value, dict):
            yield from _leaves(Spot(value, name) for name in value)
        else:
            yield spot


def _fits(step: str, name: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, step.split("*"))), name, re.DOTALL) is not None


def _unknown(change: Change, step: str, known: Iterable[str]) -> UnknownInput:
    near = get_close_matches(step, sorted(known)[:20_000], 1, 0.3)
    hint = f" Did you mean {near[0]}?" if near else f" There is {', '.join(sorted(known)[:8])}." if known else ""
    return UnknownInput(f"{change.typed}: nothing here is called {step or 'that'}.{hint} Nothing was calculated.")


def _make(file: dict[str, Any], change: Change) -> int:
    """Makes one change, and tells how many inputs it touched."""
    found = spots(file, change)
    groups: dict[tuple[str, ...] | int, list[Spot]] = defaultdict(list)
    for number, spot in enumerate(found):
        groups[spot.along if spot.along and change.how is How.SCALE else number].append(spot)
    for group in groups.values():
        _make_along(group, change)
    return len(found)


def _make_along(group: Sequence[Spot], change: Change) -> None:
    """Numbers of one group are rounded as their running sum is: the sum of all comes out right."""
    exact = told = Decimal(0)
    for holder, name, _ in group:
        before = holder[name]
        if isinstance(before, list):
            holder[name] = changed_list(change, before, numbers=name in OF_NUMBERS)
        elif isinstance(before, str):
            holder[name] = changed_word(change)
        else:
            exact += changed_number(change, before)
            whole = _rounded(exact) - told
            holder[name], told = int(whole), told + whole


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1), ROUND_HALF_UP if number >= 0 else ROUND_FLOOR)
