"""Levels of supply as they are written: lower scopes before wider ones, windows inherited one by one."""

from collections.abc import Iterable, Mapping

from irt.study.resupply import MinMax, Resupply
from irt.supply.planner import Level

LevelRow = tuple[int, int, int | None, int | None]
"""Minimum, maximum, trigger days, resupply days."""


def over(wider: LevelRow | None, row: LevelRow) -> LevelRow:
    """The row, with the windows of the wider one where it has none."""
    if wider is None:
        return row
    return row[0], row[1], wider[2] if row[2] is None else row[2], wider[3] if row[3] is None else row[3]


def merged(scopes: Iterable[Mapping[str, LevelRow]]) -> dict[str, LevelRow]:
    """Rows by kit type, each scope over those before it."""
    found: dict[str, LevelRow] = {}
    for scope in scopes:
        for kit_type, row in scope.items():
            found[kit_type] = over(found.get(kit_type), row)
    return found


def with_windows(rows: Mapping[str, LevelRow], windows: tuple[int, int]) -> dict[str, Level]:
    """Levels, with the study's windows where a row has none."""
    trigger_days, resupply_days = windows
    return {
        kit_type: Level(row[0], row[1], _given(row[2], trigger_days), _given(row[3], resupply_days))
        for kit_type, row in rows.items()
    }


def levels_at_site(resupply: Resupply, country: str, site: str) -> dict[str, Level]:
    """The levels of a site as the study file says them."""
    scopes = resupply.study, resupply.countries.get(country, {}), resupply.sites.get(site, {})
    return with_windows(merged(map(_rows, scopes)), (resupply.trigger_days, resupply.resupply_days))


def levels_at_depot(resupply: Resupply, depot: str) -> dict[str, Level]:
    """The same of a regional depot; nothing where it has none of its own."""
    return with_windows(_rows(resupply.depots.get(depot, {})), (resupply.trigger_days, resupply.resupply_days))


def _rows(part: Mapping[str, MinMax]) -> dict[str, LevelRow]:
    return {code: (row.minimum, row.maximum, row.trigger_days, row.resupply_days) for code, row in part.items()}


def _given(days: int | None, else_days: int) -> int:
    return else_days if days is None else days
