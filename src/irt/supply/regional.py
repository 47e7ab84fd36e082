"""Regional depots as places to be supplied: who is served through them, and what must be sent on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from irt.supply.planner import SiteView
from irt.supply.resupply import considered


def need_to_be_sent(sites: Sequence[SiteView], today: date) -> Mapping[str, list[tuple[date, int]]]:
    """What subjects of these sites will need beyond the kits that count there today, by kit type and day."""
    needed: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for site in sites:
        counted = considered(site, today, site.expected_need)
        for kit_type, dated in site.expected_need.items():
            left = counted[kit_type]
            for day, kits in sorted(dated):
                covered = min(left, kits)
                left -= covered
                if kits > covered:
                    needed[kit_type].append((day, kits - covered))
    return {kit_type: sorted(dated) for kit_type, dated in needed.items()}


def served_through(depot: str, children: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The depot and every depot that it supplies, directly or not."""
    return (depot, *(one for child in children.get(depot, ()) for one in served_through(child, children)))


def windows_to_send_on(
    ways: Iterable[tuple[str, str]],
    kit_types: Iterable[str],
    dns_days: Callable[[str], Mapping[str, int]],
    lead_time_days: Callable[[str, str], int],
) -> dict[str, int]:
    """Kit type -> days before expiry from which a kit there can no longer be sent on to every country.

    `ways` are the depots served and their countries.
    """
    longest = dict.fromkeys(kit_types, 0)
    for depot, country in ways:
        onward_days = lead_time_days(depot, country)
        for kit_type, days in dns_days(country).items():
            longest[kit_type] = max(longest[kit_type], days + onward_days)
    return longest
