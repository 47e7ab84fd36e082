"""What paper shows to have departed from the rules: sentences, and the deviations they become."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping

from irt.services.deviations import open_deviation
from irt.services.outage_packs import LockedPack
from irt.services.work import Work
from irt.states.outage import PackStatus

Outcome = dict[str, Any]
"""`booked`: kit -> how; `deviations`: their numbers."""


def departures_of_pack(pack: LockedPack, entry: RowMapping) -> list[str]:
    """What was not as it should be about the pack itself."""
    if pack.status == PackStatus.RECALLED:
        return [f"Pack {pack.number} was recalled, and this was entered after it."]
    late = pack.day_of(entry["happened_at"]) > pack.valid_until
    return [f"Pack {pack.number} was used after its last day, {pack.valid_until}."] if late else []


def open_deviations(work: Work, pack: LockedPack, entry: RowMapping, told: Sequence[str], **of: int) -> list[str]:
    """Writes each sentence down as a deviation of the site, and of a subject where one is meant; their numbers."""
    details = {"pack": pack.number, "entry": entry["number"], "happened_at": entry["happened_at"].isoformat()}
    return [
        open_deviation(work, pack.owner, "outage", sentence, details, site_id=pack.site_id, **of)
        for sentence in told
    ]
