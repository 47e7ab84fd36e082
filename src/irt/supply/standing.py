"""Whether sites are low: of many sites nothing more is asked, and nothing is explained."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from irt.study.definition import StudyDefinition
from irt.supply.planner import SiteView
from irt.supply.predictive import projected
from irt.supply.resupply import considered


def missing_by_type(
    definition: StudyDefinition, site: SiteView, day: date, settings: Mapping[str, Any]
) -> dict[str, int]:
    """Kits of each type that a site lacks to its minimum by the study's rule; below zero what it has beyond."""
    levels = site.levels
    if definition.resupply.method == "predictive":
        levels = projected(site, day, settings)[0]
    counts = considered(site, day)
    return {kit_type: level.minimum - counts[kit_type] for kit_type, level in levels.items()}


def missing_by_group(missing: Mapping[str, int], groups: Mapping[str, str]) -> Counter[str]:
    """The same added up over each blinding group, given the group of each kit type."""
    added: Counter[str] = Counter()
    for kit_type, kits in missing.items():
        added[groups[kit_type]] += kits
    return added
