"""What a change that was tried leads to: for each of its parts the ordinary act, with its form filled in.

Levels have a proposal of their own. How many people come is nobody's to sign.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from irt.blinding.roles import Permission
from irt.states.records import SITE, SiteEvent, SiteStatus
from simulation.live.change import EVERY_LOT, TwinChange
from web.formats import day


@dataclass(frozen=True)
class Act:
    """One act in words, who may carry it out, and the address of its form; none where it has been done."""

    words: str
    detail: str
    permission: Permission
    address: str = ""


@dataclass(frozen=True)
class Standing:
    """What acts begin from: lots with the date that counts, sites with their status, the twin's day and today."""

    study_id: int
    lots: Mapping[str, date]
    sites: Mapping[str, SiteStatus]
    tried_on: date
    today: date


def acts_of(change: TwinChange, number: int, standing: Standing) -> Iterator[Act]:
    """Lots first, then sites that open, then sites that enrol nobody new."""
    reason = f"Live twin {number}"
    yield from _lots(change.expiry_days, reason, standing)
    for site, days in change.open_sites.items():
        opens = standing.tried_on + timedelta(days=days)
        detail = f"on {day(opens)}, as it was tried; it opens at once when it is activated"
        yield _site(site, SiteEvent.ACTIVATE, f"Open site {site}", detail, reason, standing)
    for site in change.close_sites:
        detail = "a hold stops consignments to the site too"
        yield _site(site, SiteEvent.HOLD, f"Enrol nobody new at site {site}", detail, reason, standing)


def _lots(longer: Mapping[str, int], reason: str, standing: Standing) -> Iterator[Act]:
    for lot, expiry in sorted(standing.lots.items()):
        days = _days(longer, lot)
        later = expiry + timedelta(days=days)
        if days and expiry >= standing.today:
            told = urlencode({"expiry": later.isoformat(), "reason": reason})
            address = f"/expiry/{standing.study_id}/{lot}?{told}"
            detail = f"from {day(expiry)} to {day(later)}; a kit has the later date once its new label is checked"
            yield Act(f"Extend lot {lot}", detail, Permission.RELEASE_LOT, address)


def _site(site: str, event: SiteEvent, words: str, detail: str, reason: str, standing: Standing) -> Act:
    status = standing.sites.get(site)
    if status is None or (status, event) not in SITE:
        return Act(words, f"the site is {status or 'unknown'} now", Permission.ACTIVATE_SITE)
    told = urlencode({"event": event, "reason": reason})
    return Act(words, detail, Permission.ACTIVATE_SITE, f"/supply/sites/{standing.study_id}/{site}?{told}")


def _days(longer: Mapping[str, int], lot: str) -> int:
    """Days for a lot by its number; one of several dates has a date behind its number in a change."""
    named = [days for name, days in longer.items() if name == lot or re.fullmatch(re.escape(lot) + r"-\d{8}", name)]
    return max(named, default=longer.get(EVERY_LOT, 0))
