"""What a packaging plan costs, replayed day by day: it shares nothing with what found the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimization.campaigns.campaign_file import CampaignFile, KitTypePart
from optimization.campaigns.promise import Need


@dataclass(frozen=True, slots=True)
class PackingCost:
    """Cents by what they are paid for."""

    campaigns: int = 0
    setups: int = 0
    kits: int = 0
    holding: int = 0
    overage: int = 0
    unmet: int = 0

    @property
    def total(self) -> int:
        """The whole cost in cents."""
        return self.campaigns + self.setups + self.kits + self.holding + self.overage + self.unmet


@dataclass
class _Pile:
    released: int
    expiry: int
    kits: int


def price(file: CampaignFile, needs: Mapping[str, Need], packed: Mapping[str, Sequence[int]]) -> PackingCost:
    """The cost of packing so many kits of each type in each campaign, serving what is promised."""
    days = sorted(file.campaigns.days)
    held = sum(any(packed[kit.id][place] for kit in file.kit_types) for place in range(len(days)))
    parts = [_of_type(file, kit, needs[kit.id], packed[kit.id]) for kit in file.kit_types]
    return PackingCost(
        held * file.campaigns.setup_cents,
        sum(part.setups for part in parts),
        sum(part.kits for part in parts),
        sum(part.holding for part in parts),
        sum(part.overage for part in parts),
        sum(part.unmet for part in parts),
    )


def _of_type(file: CampaignFile, kit: KitTypePart, need: Need, packed: Sequence[int]) -> PackingCost:
    piles = [_Pile(stock.available_day, stock.expiry_day, stock.kits) for stock in kit.stock]
    for day, kits in zip(sorted(file.campaigns.days), packed, strict=True):
        released = day + file.campaigns.lead_time_days
        piles.append(_Pile(released, released + kit.shelf_life_days, kits))
    last_day = need.days[-1] + max(kit.use_before_expiry_days, 1)  # what lasts to it is used in order of coming
    piles.sort(key=lambda pile: (min(pile.expiry, last_day), pile.released, pile.expiry))
    holding = missed = 0
    for day, promised in zip(need.days, need.promised, strict=True):
        wanted = promised
        for pile in piles:
            if pile.released <= day < pile.expiry and day + kit.use_before_expiry_days <= pile.expiry:
                taken = min(pile.kits, wanted)
                pile.kits -= taken
                wanted -= taken
                holding += taken * (day - pile.released)
        missed += wanted
    for pile in piles:
        holding += pile.kits * max(min(pile.expiry, file.horizon_days) - pile.released, 0)
    return PackingCost(
        0,
        kit.setup_cents * sum(kits > 0 for kits in packed),
        kit.kit_cents * sum(packed),
        kit.holding_cents_per_kit_day * holding,
        kit.overage_cents * sum(pile.kits for pile in piles),
        kit.unmet_cents * missed,
    )
