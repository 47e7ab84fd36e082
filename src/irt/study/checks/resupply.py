"""Resupply: windows, forecast, first stock and protection that can work together."""

from collections.abc import Iterator

from irt.study.checks.check import check
from irt.study.checks.supply import settings_of
from irt.study.draft import Draft
from irt.study.problems import Finding


def short_reach(draft: Draft) -> Iterator[Finding]:
    """An order reaches at least as far as the window that triggers it."""
    resupply = draft.study.resupply
    if resupply.resupply_days < resupply.trigger_days:
        sentence = _reach(resupply.trigger_days, resupply.resupply_days)
        yield Finding("ReachBelowTrigger", ("resupply", "resupply_days"), sentence)
    for path, settings in settings_of(draft):
        for kit_type, level in settings.items():
            trigger, reach = level.trigger_days, level.resupply_days
            if trigger is not None and reach is not None and reach < trigger:
                yield Finding("ReachBelowTrigger", (*path, kit_type, "resupply_days"), _reach(trigger, reach))


def _reach(trigger_days: int, resupply_days: int) -> str:
    return (
        f"one order covers {resupply_days} days, but {trigger_days} days must be in stock: the next follows at once"
    )


def nothing_predicted(draft: Draft) -> Iterator[Finding]:
    """A study that predicts has a window somewhere; without one it is supplied by minimum and maximum."""
    resupply = draft.study.resupply
    levels = [level for _, settings in settings_of(draft) for level in settings.values()]
    windows = [resupply.resupply_days, *(level.resupply_days or 0 for level in levels)]
    if resupply.method == "predictive" and not any(windows):
        sentence = "every window is zero days: the study is supplied by minimum and maximum"
        yield Finding("NothingPredicted", ("resupply", "method"), sentence, "warning")


def impossible_rates(draft: Draft) -> Iterator[Finding]:
    """Rates are shares; were all to fail or stop, nothing would be predicted."""
    forecast = draft.study.resupply.forecast
    rates = {"screen_failure_rate": forecast.screen_failure_rate, "dropout_rate": forecast.dropout_rate}
    for name, rate in rates.items():
        if rate >= 1:
            yield Finding("RateTooHigh", ("resupply", "forecast", name), f"{rate} is not a share below 1")


def impossible_dose_moves(draft: Draft) -> Iterator[Finding]:
    """Moves that are foreseen are among those the study allows, and their chances leave none below zero."""
    allowed = {(move.origin, move.target) for move in draft.study.titration}
    for level, moves in draft.study.resupply.forecast.dose_moves.items():
        for target in moves:
            if (level, target) not in allowed:
                sentence = f"no titration move leads from dose level `{level}` to `{target}`"
                yield Finding("DoseMoveUnknown", ("resupply", "forecast", "dose_moves", level), sentence)
        if sum(moves.values()) > 1:
            sentence = f"the chances to move from dose level `{level}` are more than one together"
            yield Finding("DoseMovesTooMany", ("resupply", "forecast", "dose_moves", level), sentence)


def least_kits_missing(draft: Draft) -> Iterator[Finding]:
    """Decoys and mixed minimums say how large the least order is."""
    resupply = draft.study.resupply
    if resupply.protection in ("decoys", "mixed_minimum") and resupply.least_kits < 1:
        sentence = f"protection by {resupply.protection} needs `least_kits`, the size of the least order"
        yield Finding("LeastKitsMissing", ("resupply", "protection"), sentence)


def seeding_below_minimum(draft: Draft) -> Iterator[Finding]:
    """First stock is at least the minimum everywhere, so that no second order follows at once."""
    for path, settings in settings_of(draft):
        for kit_type, level in settings.items():
            kits = draft.study.resupply.seeding.get(kit_type)
            if kits is not None and kits < level.minimum:
                where = " ".join(map(str, path[1:]))
                sentence = (
                    f"the minimum of {where} is {level.minimum}: {kits} kits would be followed by an order at once"
                )
                yield Finding("SeedingBelowMinimum", ("resupply", "seeding", kit_type), sentence)


CHECKS = (
    check(short_reach),
    check(nothing_predicted),
    check(impossible_rates),
    check(impossible_dose_moves, "titration"),
    check(least_kits_missing),
    check(seeding_below_minimum),
)
