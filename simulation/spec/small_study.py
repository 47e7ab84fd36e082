"""A study in a few lines, for settings of the textbooks: whatever is not said is the simplest there is."""

from pydantic import Field

from irt.study.arms import Arm
from irt.study.definition import Identity, StudyDefinition
from irt.study.dispensing import DispensingRule, DoseLevel, KitNeed, TitrationMove
from irt.study.kit_types import BlindingGroup, KitType, Windows
from irt.study.network import Country, Depot, Lane, Size, Weekday
from irt.study.part import Code, Part
from irt.study.randomization_plan import PermutedBlocks
from irt.study.resupply import Resupply
from irt.study.rules import Conduct
from irt.study.visits import Visit

WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_VISIT = Visit(code="V1", name="Visit 1", kind="randomization", day=0, dispenses=True, treatment_days=1)


class SmallKitType(Part):
    """A kit type by its code; kit types of one blinding group are topped up together in a blinded study."""

    code: Code
    blinding_group: Code = "KIT"
    windows: Windows = Windows()


class SmallDepot(Part):
    """A depot by its code."""

    code: Code
    supplied_by: Code | None = None


class SmallCountry(Part):
    """A country by its code, with so many sites."""

    code: Code
    depot: Code = "C0"
    sites: int = Field(default=1, ge=1)
    region: str = ""


class SmallLane(Part):
    """A lane that is not like all others."""

    origin: Code
    target: Code
    lead_time_days: int = Field(ge=0)


class SmallStudy(Part):
    """Arms, kits, visits and a network. Left alone: one arm, one kit type K, one site, one depot C0."""

    blinded: bool = False
    arms: dict[Code, int] = Field(default={"A": 1}, min_length=1, description="arm -> its share")
    block_sizes: tuple[int, ...] = Field(default=(), description="permuted blocks; twice the ratio where left out")
    kit_types: tuple[SmallKitType, ...] = Field(default=(SmallKitType(code="K"),), min_length=1)
    visits: tuple[Visit, ...] = Field(default=(ONE_VISIT,), min_length=1)
    dispensing: tuple[DispensingRule, ...] = Field(
        default=(), description="else one kit of the first type at each dispensing visit"
    )
    dose_levels: tuple[DoseLevel, ...] = ()
    titration: tuple[TitrationMove, ...] = ()
    all_arms_on_site: bool = False
    depots: tuple[SmallDepot, ...] = Field(default=(SmallDepot(code="C0"),), min_length=1)
    countries: tuple[SmallCountry, ...] = Field(default=(SmallCountry(code="XX"),), min_length=1)
    lead_time_days: int = Field(default=0, ge=0, description="of every lane that is not named")
    dispatch_days: tuple[Weekday, ...] = WEEK
    lanes: tuple[SmallLane, ...] = ()
    resupply: Resupply = Resupply()

    def definition(self) -> StudyDefinition:
        """The study, whole."""
        return StudyDefinition(
            study=_identity(self.blinded),
            arms=tuple(Arm(code=code, name=code, ratio=ratio) for code, ratio in self.arms.items()),
            randomization=PermutedBlocks(method="permuted_block", block_sizes=self._blocks()),
            blinding_groups=tuple(
                BlindingGroup(code=code, name=code, storage="ambient")
                for code in dict.fromkeys(kit_type.blinding_group for kit_type in self.kit_types)
            ),
            kit_types=tuple(map(_kit_type, self.kit_types)),
            visits=self.visits,
            dispensing=self.dispensing or (self._one_kit_each(),),
            dose_levels=self.dose_levels,
            titration=self.titration,
            conduct=Conduct(all_arms_on_site=self.all_arms_on_site),
            countries=tuple(
                Country(code=one.code, name=one.code, region=one.region, zone="UTC", depot=one.depot)
                for one in self.countries
            ),
            depots=tuple(
                Depot(code=one.code, name=one.code, country=one.code, zone="UTC", supplied_by=one.supplied_by)
                for one in self.depots
            ),
            lanes=tuple(self._lanes()),
            resupply=self.resupply,
            sizes={"full": Size(planned_subjects=1, sites={one.code: one.sites for one in self.countries})},
        )

    def _blocks(self) -> tuple[int, ...]:
        share = sum(self.arms.values())
        return self.block_sizes or (share * (1 if len(self.arms) == 1 else 2),)

    def _one_kit_each(self) -> DispensingRule:
        visits = tuple(visit.code for visit in self.visits if visit.dispenses)
        return DispensingRule(visits=visits, kits=(KitNeed(kit_type=self.kit_types[0].code),))

    def _lanes(self) -> list[Lane]:
        named = {(lane.origin, lane.target): lane.lead_time_days for lane in self.lanes}
        ways = [(country.depot, country.code) for country in self.countries]
        ways += [(depot.supplied_by, depot.code) for depot in self.depots if depot.supplied_by]
        days = dict.fromkeys(ways, self.lead_time_days) | named
        return [
            Lane(origin=origin, target=target, lead_time_days=lead_days, dispatch_days=self.dispatch_days)
            for (origin, target), lead_days in days.items()
        ]


def _identity(blinded: bool) -> Identity:
    return Identity(
        sponsor="None",
        protocol="SMALL",
        name="SMALL",
        title="A setting of a textbook",
        phase="3",
        blinding="double" if blinded else "open",
        help_phone="none",
    )


def _kit_type(kit_type: SmallKitType) -> KitType:
    return KitType(
        code=kit_type.code,
        name=kit_type.code,
        contents=kit_type.code,
        blinding_group=kit_type.blinding_group,
        windows=kit_type.windows,
    )
