"""Packaging asked with a forecast of enrolment: those who are there by their visits, new ones by their course."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from optimization.campaigns.campaign_file import CampaignFile, Given, KitTypePart, Wanted

WEEK_DAYS = 7
LEAST = 1e-9


def by_courses(
    file: CampaignFile, known: Mapping[str, Sequence[float]], new: Mapping[str, Sequence[float]], ahead_days: int
) -> CampaignFile:
    """The file with this need in place of its own, by kit type.

    `known`: what those who are there take in the mean, day by day from `ahead_days` after the file's first day on.
    `new`: what one new subject takes in the mean, by days since randomization; it waits for a forecast.
    """
    kits = [_kit_type(kit, file, known, new, ahead_days) for kit in file.kit_types]
    return file.model_copy(update={"kit_types": kits})


def _kit_type(
    kit: KitTypePart,
    file: CampaignFile,
    known: Mapping[str, Sequence[float]],
    new: Mapping[str, Sequence[float]],
    ahead_days: int,
) -> KitTypePart:
    weeks: dict[int, float] = defaultdict(float)
    for day, mean in enumerate(known.get(kit.id, ()), ahead_days):
        if day < file.horizon_days:
            weeks[day // WEEK_DAYS * WEEK_DAYS] += float(mean)
    demand = [Wanted(day=day, mean=mean) for day, mean in sorted(weeks.items()) if mean > LEAST]
    given = [Given(day=day, kits=float(mean)) for day, mean in enumerate(new.get(kit.id, ())) if mean > LEAST]
    return kit.model_copy(update={"demand": demand, "per_subject": given})
