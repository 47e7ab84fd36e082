"""A study's own carbon factors as grams by lane; what it does not name goes by the assumed ones."""

from collections.abc import Iterator

from irt.study.carbon import Carbon, CarbonLane
from optimization.story.carbon import CarbonFactors, StatedGrams

GRAMS = 1_000


def carbon_factors(carbon: Carbon | None) -> CarbonFactors:
    """The factors by which a study's plans are told; without figures of its own, the assumed ones."""
    if carbon is None:
        return CarbonFactors()
    words = f"as the study file states: {carbon.source}; assumed for lanes that it does not name"
    return CarbonFactors(source=words, stated=dict(_stated(carbon)))


def _stated(carbon: Carbon) -> Iterator[tuple[str, StatedGrams]]:
    for lane in carbon.lanes:
        way = f" {lane.way}" if lane.way else ""
        yield f"{lane.origin}>{lane.target}{way}", _grams(carbon, lane)


def _grams(carbon: Carbon, lane: CarbonLane) -> StatedGrams:
    if lane.kg is not None:
        return StatedGrams(float(lane.kg) * GRAMS, float(lane.box_kg) * GRAMS)
    mode, km = carbon.modes[lane.mode or ""], lane.km or 0
    return StatedGrams(float(mode.kg_per_km) * km * GRAMS, float(mode.box_kg_per_km) * km * GRAMS)
