"""A study made smaller or larger in proportion: sites by country, planned subjects, kits by lot."""

import math
from fractions import Fraction

from irt.study.network import Lot, Size


def scaled(size: Size, scale: Fraction) -> Size:
    """The size times `scale`: sites shared out by largest remainder (Hare), each lot rounded up to a whole kit."""
    return Size(
        planned_subjects=max(1, round(size.planned_subjects * scale)),
        sites=_shared_out(size.sites, max(1, round(sum(size.sites.values()) * scale))),
        lots=tuple(_scaled_lot(lot, scale) for lot in size.lots),
    )


def _scaled_lot(lot: Lot, scale: Fraction) -> Lot:
    """Without blocks, which would not come out even any more; at scale 1 the lot itself."""
    return lot if scale == 1 else lot.model_copy(update={"kits": math.ceil(lot.kits * scale), "block_kits": None})


def _shared_out(sites: dict[str, int], total: int) -> dict[str, int]:
    """`total` sites over the countries as the counts stand to each other; equal remainders in order of the file."""
    whole = sum(sites.values())
    quotas = {country: Fraction(count * total, whole) for country, count in sites.items()}
    shares = {country: math.floor(quota) for country, quota in quotas.items()}
    left = total - sum(shares.values())
    for country in sorted(quotas, key=lambda each: shares[each] - quotas[each])[:left]:
        shares[country] += 1
    return shares
