"""What might be done otherwise in a running study, as a file says it, and the scenario in which it is."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from irt.errors import BadInput
from irt.study.part import Code, Part
from irt.study.resupply import MinMax
from simulation.part_file import parse_data
from simulation.spec.begun import Begun, BegunSite
from simulation.spec.faults import EnrolmentChange
from simulation.spec.laws import FOR_EVER_DAY, Positive
from simulation.spec.reading import changed
from simulation.spec.rules import require_sound
from simulation.spec.scenario import Scenario

EVERY_LOT = "every"
Levels = dict[Code, MinMax]
Days = Annotated[int, Field(ge=0, le=36_500)]


class UnreadableChange(BadInput):
    """The file is not there, or tells no change."""


class LevelChange(Part):
    """Levels by kit type, in the words of the study file; what is left out stays."""

    study: Levels = {}
    countries: dict[Code, Levels] = {}
    sites: dict[Code, Levels] = {}
    depots: dict[Code, Levels] = {}


class TwinChange(Part):
    """Buffers, expiry, sites and enrolment, each left as it is where it is not named.

    `scenario` takes values at dotted keys of the scenario, as `supply.shortage.rule`, after all else.
    """

    name: Code = "changed"
    levels: LevelChange = LevelChange()
    expiry_days: dict[Code, Days] = Field(default={}, description="lot, or every -> days that it lasts longer")
    open_sites: dict[Code, Days] = Field(default={}, description="planned site -> days until it opens")
    close_sites: tuple[Code, ...] = Field(default=(), description="nobody new there; their subjects go on")
    enrolment_factor: Positive = Field(default=1, description="so many times as many come, everywhere")
    scenario: dict[str, Any] = {}


def read_change(path: Path) -> TwinChange:
    """The change of a YAML or JSON file; UnreadableChange else."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UnreadableChange(f"{path}: no text in UTF-8 that can be read.") from None
    return change_of(parse_data(text, str(path), UnreadableChange), str(path))


def change_of(data: Any, name: str = "change") -> TwinChange:
    """The change that plain values tell; UnreadableChange where they tell none."""
    try:
        return TwinChange.model_validate(data)
    except ValidationError as refused:
        first = refused.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "change"
        raise UnreadableChange(f"{name}: {where}: {first['msg']}. Nothing was simulated.") from None


def with_change(base: Scenario, change: TwinChange) -> Scenario:
    """The same study on the same day, with the change; UnreadableChange where it names what is not there."""
    scenario = base.model_copy(
        update={
            "name": change.name,
            "resupply": _levels(base, change.levels),
            "supply": _lasting(base, change.expiry_days),
            "begun": _sites(base, change),
            "enrolment": _enrolling(base, change),
            "faults": (*base.faults, *_busier(change.enrolment_factor)),
        }
    )
    # A copy is not looked at by pydantic, and keeps what was worked out of the original.
    scenario = Scenario.model_validate(scenario.model_dump(exclude={"small_study"}) | {"study": base.definition})
    require_sound(scenario)
    return changed(scenario, change.scenario) if change.scenario else scenario


def _levels(base: Scenario, levels: LevelChange) -> Any:
    resupply = base.definition.resupply
    return resupply.model_copy(
        update={
            "study": {**resupply.study, **levels.study},
            "countries": _over(resupply.countries, levels.countries),
            "sites": _over(resupply.sites, levels.sites),
            "depots": _over(resupply.depots, levels.depots),
        }
    )


def _over(known: Mapping[Code, Levels], said: Mapping[Code, Levels]) -> dict[Code, Levels]:
    return {code: {**known.get(code, {}), **said.get(code, {})} for code in sorted({*known, *said})}


def _lasting(base: Scenario, longer: Mapping[str, int]) -> Any:
    supply = base.supply
    known = {lot.lot for lot in supply.lots} | {stock.lot for stock in supply.site_stock} | _on_the_road(base)
    _require(longer, known | {EVERY_LOT}, "lot")
    return supply.model_copy(
        update={
            "lots": tuple(_later(lot, longer) for lot in supply.lots),
            "site_stock": tuple(_later(stock, longer) for stock in supply.site_stock),
        }
    )


def _on_the_road(base: Scenario) -> set[str]:
    return {goods.lot for one in (base.begun or Begun()).on_the_road for goods in one.goods}


def _later(kits: Any, longer: Mapping[str, int]) -> Any:
    days = longer.get(kits.lot, longer.get(EVERY_LOT, 0))
    return kits.model_copy(update={"expiry_day": min(kits.expiry_day + days, FOR_EVER_DAY)}) if days else kits


def _sites(base: Scenario, change: TwinChange) -> Begun:
    """Sites that are to open do so on their day; goods on the road last longer, too."""
    begun = base.begun or Begun()
    numbers = {site.number for site in base.definition.sites}
    there = {site.site for site in begun.sites}
    _require(change.open_sites, numbers - there, "planned site")
    opening = tuple(BegunSite(site=site, opened_day=day) for site, day in sorted(change.open_sites.items()))
    road = tuple(
        one.model_copy(update={"goods": tuple(_later(goods, change.expiry_days) for goods in one.goods)})
        for one in begun.on_the_road
    )
    return begun.model_copy(update={"sites": begun.sites + opening, "on_the_road": road})


def _enrolling(base: Scenario, change: TwinChange) -> Any:
    _require(change.close_sites, {site.number for site in base.definition.sites}, "site")
    if base.enrolment is None:
        return None
    closed = dict.fromkeys(change.close_sites, 0.0)
    return base.enrolment.model_copy(update={"site_rates": {**base.enrolment.site_rates, **closed}})


def _busier(factor: float) -> Iterable[EnrolmentChange]:
    if factor != 1:
        yield EnrolmentChange(fault="enrolment_change", name="twin-enrolment", factor=factor)


def _require(named: Iterable[str], known: set[str], what: str) -> None:
    for code in named:
        if code not in known:
            raise UnreadableChange(f"There is no {what} {code}. Nothing was simulated. Correct the change.")
