"""A study as one immutable value: everything a protocol version and its operations say."""

from typing import Literal, TypeVar

from pydantic import Field

from irt.study.activation import ActivationRules
from irt.study.arms import Arm, Cohort, Factor
from irt.study.controlled import ControlledRules, controlled_groups
from irt.study.customs import Customs
from irt.study.delivery import HomeDelivery
from irt.study.dispensing import DispensingRule, DoseLevel, NonSerializedItem, TitrationMove
from irt.study.kit_types import BlindingGroup, KitType
from irt.study.labels import LabelSettings
from irt.study.network import Country, Depot, ImportLicence, Lane, Shipper, Site, Size
from irt.study.notices import Notice
from irt.study.part import Code, Part
from irt.study.pool import ServedStudy
from irt.study.randomization_plan import (
    ForcedRandomization,
    LaterRandomization,
    OtherDesign,
    RandomizationPlan,
)
from irt.study.release import ReleaseRoute, route_to
from irt.study.resupply import Resupply
from irt.study.rules import Cap, Conduct, Screening
from irt.study.supply_limits import SupplyLimits
from irt.study.temperature import TemperatureRules
from irt.study.visits import Visit

_P = TypeVar("_P", Arm, Factor, Visit, KitType, Country, BlindingGroup)


class Identity(Part):
    """Which study this is, and who is kept blind."""

    sponsor: str
    protocol: Code
    name: Code = Field(description="the short name on every page, as LARKSPUR-3")
    title: str
    phase: Literal["1", "1/2", "2", "2/3", "3", "4"]
    blinding: Literal["open", "single", "double"]
    unblinded_pharmacist: bool = False
    blinded_stages: tuple[str, ...] = Field(
        default=(), description="two-stage or partial blinds, told in words, as 'part 2 only'"
    )
    help_phone: str


class StudyDefinition(Part):
    """One study file, whole. What a blinded person may read of it is made by `irt.study.public_part`."""

    study: Identity
    arms: tuple[Arm, ...] = Field(min_length=1)
    factors: tuple[Factor, ...] = ()
    randomization: RandomizationPlan
    later_randomizations: tuple[LaterRandomization, ...] = Field(
        default=(), description="the second, the third ... of each subject"
    )
    forced_randomization: ForcedRandomization | None = Field(default=None, description="off where left out")
    replacement_arm: Literal["drawn", "same"] = Field(
        default="drawn", description="what a replacement subject gets: a draw of its own, or the arm of the other"
    )
    cohorts: tuple[Cohort, ...] = ()
    blinding_groups: tuple[BlindingGroup, ...] = Field(min_length=1)
    kit_types: tuple[KitType, ...] = Field(min_length=1)
    items: tuple[NonSerializedItem, ...] = ()
    dose_levels: tuple[DoseLevel, ...] = ()
    titration: tuple[TitrationMove, ...] = ()
    visits: tuple[Visit, ...] = Field(min_length=1)
    dispensing: tuple[DispensingRule, ...] = Field(min_length=1)
    screening: Screening = Screening()
    caps: tuple[Cap, ...] = ()
    conduct: Conduct = Conduct()
    activation: ActivationRules | None = Field(
        default=None, description="approvals that a site needs before it opens; none are asked where left out"
    )
    temperature: TemperatureRules = TemperatureRules()
    controlled: ControlledRules = ControlledRules()
    notices: tuple[Notice, ...] = Field(default=(), description="written by e-mail once their wording is approved")
    delivery: HomeDelivery | None = Field(default=None, description="no kits go to homes where left out")
    labels: LabelSettings = LabelSettings()
    customs: Customs | None = Field(default=None, description="no invoices for customs where left out")
    countries: tuple[Country, ...] = Field(min_length=1)
    depots: tuple[Depot, ...] = Field(min_length=1)
    lanes: tuple[Lane, ...] = Field(min_length=1)
    shippers: tuple[Shipper, ...] = ()
    import_licences: tuple[ImportLicence, ...] = ()
    sites: tuple[Site, ...] = ()
    release_routes: tuple[ReleaseRoute, ...] = Field(
        default=(), description="none: one signature releases a lot for the countries that it names"
    )
    serves: tuple[ServedStudy, ...] = Field(
        default=(), description="a pool: the studies that its kits may be reserved for"
    )
    resupply: Resupply
    supply_limits: SupplyLimits = SupplyLimits()
    sizes: dict[Literal["full", "small"], Size] = {}

    @property
    def blinded(self) -> bool:
        """Whether anybody is kept from knowing the arm."""
        return self.study.blinding != "open"

    @property
    def learns(self) -> bool:
        """Whether any randomization looks at the responses of earlier subjects."""
        return any(self.learns_at(stage) for stage in range(1, len(self.later_randomizations) + 2))

    def learns_at(self, stage: int) -> bool:
        """Whether that randomization does, of the so-maniest of a subject."""
        plan = self.plan_of(stage)
        return isinstance(plan, OtherDesign) and plan.learns

    def plan_of(self, stage: int) -> RandomizationPlan:
        """The plan of a subject's first randomization, or of a later one; IndexError where there is none."""
        return self.randomization if stage == 1 else self.later_randomizations[stage - 2].design

    def arms_of(self, stage: int) -> tuple[Arm, ...]:
        """The arms that are drawn among, in the order of the file."""
        later = [each.arms for each in self.later_randomizations]
        if stage > 1:
            return tuple(arm for arm in self.arms if arm.code in later[stage - 2])
        return tuple(arm for arm in self.arms if not any(arm.code in codes for codes in later))

    def arm(self, code: Code) -> Arm:
        """The arm of that code; KeyError where the study has none."""
        return _by_code(self.arms, code)

    def factor(self, code: Code) -> Factor:
        """The factor of that code."""
        return _by_code(self.factors, code)

    def levels_of(self, code: Code) -> tuple[Code, ...]:
        """The levels of a factor: its own, or those the countries bring; none where only sites know."""
        factor = self.factor(code)
        if factor.source == "country":
            return tuple(country.code for country in self.countries)
        if factor.source == "region":
            return tuple(dict.fromkeys(country.region for country in self.countries if country.region))
        if factor.source == "site":
            return tuple(site.number for site in self.sites)
        return factor.level_codes()

    def route_to(self, country: Code) -> ReleaseRoute | None:
        """The route of lots to a country; None where one signature releases them, or where it has none."""
        return route_to(self.release_routes, country, self.country(country).region)

    def goes_home(self, visit: Code) -> bool:
        """Whether the kits of that visit are sent to the subject's home."""
        return self.delivery is not None and visit in self.delivery.visits

    def visit(self, code: Code) -> Visit:
        """The visit of that code."""
        return _by_code(self.visits, code)

    def controlled_in(self, *countries: str | None) -> set[Code]:
        """Blinding groups that are controlled drugs in any of the countries; none in most studies."""
        return controlled_groups({group.code: group.schedules for group in self.blinding_groups}, countries)

    def kit_type(self, code: Code) -> KitType:
        """The kit type of that code."""
        return _by_code(self.kit_types, code)

    def country(self, code: Code) -> Country:
        """The country of that code."""
        return _by_code(self.countries, code)

    def depot_of(self, site: Site) -> Code:
        """The depot that supplies a site: its own, or its country's."""
        return site.depot or self.country(site.country).depot

    def blinding_group(self, code: Code) -> BlindingGroup:
        """The blinding group of that code."""
        return _by_code(self.blinding_groups, code)


def _by_code(parts: tuple[_P, ...], code: Code) -> _P:
    for part in parts:
        if part.code == code:
            return part
    raise KeyError(code)
