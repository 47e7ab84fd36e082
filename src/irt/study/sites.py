"""The sites a study opens with: those it lists, or invented ones in the numbers its size asks for."""

from collections.abc import Iterator

from irt.study.definition import StudyDefinition
from irt.study.network import Country, Site, Size

FIRST_BLOCK = 10
SITES_IN_BLOCK = 99

_FIRST = (
    "Alder", "Amber", "Ash", "Barley", "Beech", "Birch", "Bracken", "Bright", "Cedar", "Chalk", "Clear", "Copper",
    "Crane", "Dove", "Elder", "Fair", "Fern", "Flint", "Frost", "Gorse", "Granite", "Green", "Hart", "Hawthorn",
    "Hazel", "Heather", "Holly", "Juniper", "Kestrel", "Lark", "Laurel", "Linden", "Maple", "Marsh", "Meadow",
    "Moss", "North", "Oak", "Otter", "Pebble", "Pine", "Plover", "Reed", "Rowan", "Sand", "Silver", "Thistle",
)  # fmt: skip
_SECOND = (
    "bank", "barrow", "bourne", "bridge", "brook", "burgh", "cliff", "combe", "cote", "croft", "dale", "den",
    "edge", "fell", "field", "ford", "gate", "grove", "ham", "haven", "hill", "holm", "hurst", "lake", "land",
    "lea", "low", "mead", "mere", "minster", "mouth", "ness", "pool", "port", "ridge", "side", "stead", "stone",
    "ton", "vale", "well", "wick", "wood",
)  # fmt: skip
_KINDS = (
    "General Hospital", "University Hospital", "Medical Centre", "Infirmary", "Regional Hospital",
    "Clinical Research Unit", "Teaching Hospital",
)  # fmt: skip


def sites_of(definition: StudyDefinition, size: str) -> tuple[Site, ...]:
    """Sites with number, name, country and zone; the same for the same study and size, every time."""
    if definition.sites:
        return tuple(_with_zone(definition, site) for site in definition.sites)
    wanted = next((part for name, part in definition.sizes.items() if name == size), None)
    return tuple(_invented(definition, wanted)) if wanted else ()


def _with_zone(definition: StudyDefinition, site: Site) -> Site:
    return site if site.zone else site.model_copy(update={"zone": definition.country(site.country).zone})


def _invented(definition: StudyDefinition, size: Size) -> Iterator[Site]:
    name_number = 0
    block = FIRST_BLOCK
    for country in definition.countries:
        for running in range(1, size.sites.get(country.code, 0) + 1):
            yield Site(
                number=_number(block, running),
                name=_name(name_number),
                country=country.code,
                zone=country.zone,
            )
            name_number += 1
        block += _blocks(definition, country)


def _blocks(definition: StudyDefinition, country: Country) -> int:
    """Blocks of numbers for the larger of the sizes, so that a country's numbers are the same in both."""
    most = max((size.sites.get(country.code, 0) for size in definition.sizes.values()), default=0)
    return max(1, -(-most // SITES_IN_BLOCK))


def _number(block: int, running: int) -> str:
    """1014 is the 14th of block 10: digits only, so that no letter is misread for one."""
    beyond, within = divmod(running - 1, SITES_IN_BLOCK)
    return f"{block + beyond}{within + 1:02d}"


def _name(number: int) -> str:
    """Pairs every first part with every second before one comes again, neighbours always unlike."""
    round_, first = divmod(number, len(_FIRST))
    second = (round_ + 5 * first) % len(_SECOND)
    again = round_ // len(_SECOND)
    place = _FIRST[first] + _SECOND[second]
    return f"{place} {_KINDS[number % len(_KINDS)]}" + (f" {again + 1}" if again else "")
