"""How a running study is supplied, as it was last decided: depots, lanes and levels, apart from its version."""

import hashlib
import json
from collections import defaultdict
from typing import Any

from irt.study.definition import StudyDefinition
from irt.study.network import Depot, Lane
from irt.study.part import Code, Part
from irt.study.resupply import MinMax

Levels = dict[Code, dict[Code, MinMax]]


class PlaceLevel(Part):
    """Levels of one kit type at one place; of the whole study where no place is named."""

    kit_type: Code
    country: Code | None = None
    site: Code | None = None
    depot: Code | None = None
    level: MinMax


class SupplyConfiguration(Part):
    """What operational changes may alter while a version stays as it is; each part in a fixed order."""

    depots: tuple[Depot, ...]
    lanes: tuple[Lane, ...]
    levels: tuple[PlaceLevel, ...]

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return self.model_dump(mode="json")

    @property
    def hash(self) -> str:
        """SHA-256 of its canonical JSON: another one for any change."""
        text = json.dumps(self.plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def configured(definition: StudyDefinition, configuration: SupplyConfiguration) -> StudyDefinition:
    """The study with its depots, lanes and levels as they were last decided."""
    places: dict[str, Levels] = {where: defaultdict(dict) for where in ("country", "site", "depot")}
    study: dict[Code, MinMax] = {}
    for row in configuration.levels:
        named = next(((where, code) for where in places if (code := getattr(row, where)) is not None), None)
        scope = study if named is None else places[named[0]][named[1]]
        scope[row.kit_type] = row.level
    levels = {f"{where}s" if where != "country" else "countries": dict(found) for where, found in places.items()}
    resupply = definition.resupply.model_copy(update={"study": study, **levels})
    network = {"depots": configuration.depots, "lanes": configuration.lanes}
    return definition.model_copy(update={**network, "resupply": resupply})
