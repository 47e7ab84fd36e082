"""A study as blinded people may read it: a value that has no place for arms, kit types, blocks or lots."""

from typing import NamedTuple

from irt.errors import IntegrityFault
from irt.study.activation import ActivationRules
from irt.study.arms import Factor
from irt.study.controlled import ControlledRules
from irt.study.definition import Identity, StudyDefinition
from irt.study.delivery import HomeDelivery
from irt.study.dispensing import DispensingRule, NonSerializedItem
from irt.study.dispensing_schedule import in_groups, rule_for, second_check_visits
from irt.study.kit_types import BlindingGroup
from irt.study.labels import LabelSettings
from irt.study.look_alikes import look_alike_arms
from irt.study.notices import Notice
from irt.study.outlook import Outlook, outlook_of
from irt.study.part import Code
from irt.study.randomization_plan import OtherDesign, Platform
from irt.study.release import ReleaseRoute
from irt.study.rules import Cap, Conduct, Screening
from irt.study.supply_limits import SupplyLimits
from irt.study.temperature import TemperatureRules
from irt.study.titration import levels_at
from irt.study.visits import Visit


class PublicDoseLevel(NamedTuple):
    """A dose level by the name on the page."""

    code: Code
    name: str
    initial: bool


class PublicMove(NamedTuple):
    """A move between dose levels; where it is sham is not said."""

    origin: Code
    target: Code
    name: str


class PublicCountry(NamedTuple):
    """A country, without the depot that serves it."""

    code: Code
    name: str
    region: str
    zone: str


class PublicSite(NamedTuple):
    """A site that the study lists."""

    number: Code
    name: str
    country: Code


class KitCount(NamedTuple):
    """Kits of a blinding group at a visit, the same in every arm; None where the weight decides."""

    visit: Code
    dose_level: Code | None
    agent: Code | None
    blinding_group: Code
    quantity: int | None


class PublicChoice(NamedTuple):
    """Something a subject may be eligible for: an agent of a platform, or an arm where nobody is kept blind."""

    code: Code
    name: str


class PublicRandomization(NamedTuple):
    """One of the randomizations of each subject, and what the site says of it; nothing of its arms otherwise."""

    number: int
    after_days: int
    eligible: tuple[PublicChoice, ...]


class BlindedStudy(NamedTuple):
    """Everything about a study that every site may know."""

    identity: Identity
    factors: tuple[Factor, ...]
    visits: tuple[Visit, ...]
    blinding_groups: tuple[BlindingGroup, ...]
    items: tuple[NonSerializedItem, ...]
    dose_levels: tuple[PublicDoseLevel, ...]
    moves: tuple[PublicMove, ...]
    kit_counts: tuple[KitCount, ...]
    screening: Screening
    caps: tuple[Cap, ...]
    conduct: Conduct
    countries: tuple[PublicCountry, ...]
    sites: tuple[PublicSite, ...]
    second_checks: tuple[Code, ...]
    """Visits where two people type the weight, whatever the arm."""
    randomizations: tuple[PublicRandomization, ...]
    temperature: TemperatureRules = TemperatureRules()
    delivery: HomeDelivery | None = None
    labels: LabelSettings = LabelSettings()
    gtins: dict[Code, str] = {}
    notices: tuple[Notice, ...] = ()
    controlled: ControlledRules = ControlledRules()
    supply_limits: SupplyLimits = SupplyLimits()
    release_routes: tuple[ReleaseRoute, ...] = ()
    outlook: Outlook = Outlook()
    activation: ActivationRules | None = None


def blinded_study(definition: StudyDefinition) -> BlindedStudy:
    """What is left of a study when everything that could tell an arm is taken away."""
    return BlindedStudy(
        identity=definition.study,
        factors=definition.factors,
        visits=definition.visits,
        blinding_groups=definition.blinding_groups,
        items=definition.items,
        dose_levels=tuple(PublicDoseLevel(one.code, one.name, one.initial) for one in definition.dose_levels),
        moves=tuple(PublicMove(move.origin, move.target, move.name) for move in definition.titration),
        kit_counts=_kit_counts(definition),
        screening=definition.screening,
        caps=definition.caps,
        conduct=definition.conduct,
        countries=tuple(PublicCountry(one.code, one.name, one.region, one.zone) for one in definition.countries),
        sites=tuple(PublicSite(site.number, site.name, site.country) for site in definition.sites),
        second_checks=second_check_visits(definition),
        randomizations=_randomizations(definition),
        temperature=definition.temperature,
        delivery=definition.delivery,
        labels=definition.labels,
        controlled=definition.controlled,
        supply_limits=definition.supply_limits,
        notices=definition.notices,
        gtins={kit_type.blinding_group: kit_type.gtin for kit_type in definition.kit_types if kit_type.gtin},
        release_routes=definition.release_routes,
        outlook=outlook_of(definition.resupply),
        activation=definition.activation,
    )


def _randomizations(definition: StudyDefinition) -> tuple[PublicRandomization, ...]:
    """The first and the later ones, each with the days from the one before."""
    days = (0, *(later.after_days for later in definition.later_randomizations))
    return tuple(
        PublicRandomization(number, after, _eligible(definition, number)) for number, after in enumerate(days, 1)
    )


def _eligible(definition: StudyDefinition, number: int) -> tuple[PublicChoice, ...]:
    """What the site is asked about: agents, or arms where the study is open and its plan asks for them."""
    plan = definition.plan_of(number)
    if isinstance(plan, Platform):
        return tuple(PublicChoice(agent.code, agent.code) for agent in plan.agents)
    if isinstance(plan, OtherDesign) and plan.eligibility and not definition.blinded:
        return tuple(PublicChoice(arm.code, arm.name) for arm in definition.arms_of(number))
    return ()


def _kit_counts(definition: StudyDefinition) -> tuple[KitCount, ...]:
    """By visit, dose level and agent; none for an open study, where kits differ between arms."""
    return tuple(
        row
        for visit in definition.visits
        if visit.dispenses and visit.anchor == "randomization"
        for level in levels_at(definition, visit)
        for agent, arms in look_alike_arms(definition).items()
        for row in _common_counts(definition, visit.code, level, agent, arms)
    )


def _common_counts(
    definition: StudyDefinition, visit: Code, level: Code | None, agent: Code | None, arms: tuple[Code, ...]
) -> tuple[KitCount, ...]:
    """What all these arms are given; arms that differ would leak here, so they stop everything."""
    answers = {_counts(definition, rule_for(definition, arm, level, visit)) for arm in arms}
    if len(answers) != 1:
        raise IntegrityFault(f"arms of a blinded study differ in kits at visit {visit}")
    return tuple(KitCount(visit, level, agent, group, quantity) for group, quantity in answers.pop())


def _counts(definition: StudyDefinition, rule: DispensingRule) -> tuple[tuple[Code, int | None], ...]:
    counts: dict[Code, int | None] = {
        need.blinding_group: need.quantity for need in in_groups(definition, rule.kits)
    }
    if rule.by_weight is not None:
        counts[definition.kit_type(rule.by_weight.kit_type).blinding_group] = None
    return tuple(counts.items())
