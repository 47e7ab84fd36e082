"""One site's demand for a kit type within some days, and the stock that meets it with a promised chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimization.demand.enrolment import Prior, Rate, learned
from optimization.demand.mass import Mass, add_all, stock_for
from optimization.demand.newcomers import compounded, kits_of_newcomer
from optimization.demand.refusals import UnusableDemand
from optimization.demand.titration import Titration
from optimization.demand.visits import Conduct, Subject, kits_of_subject


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a study asks of every subject: later visits after enrolment, windows, stopping, arms and dose levels.

    `shares` are the arms' chances at randomization; `in_screening_succeeds` is the chance that one in screening is
    randomized.
    """

    later_days: tuple[int, ...]
    shares: Mapping[str, float]
    titrations: Mapping[str, Titration]
    conduct: Conduct
    in_screening_succeeds: float = 1.0


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What is known of a site today: subjects on treatment by arm, those in screening, and how it has enrolled.

    `screening_days`: days from now until each one in screening is randomized, if at all. `enrols_days`: first and
    last day on which others may enrol, from now; None where nobody does.
    """

    on_treatment: Mapping[str, Sequence[Subject]]
    enrolled: int = 0
    exposure_days: float = 0.0
    screening_days: tuple[int, ...] = ()
    enrols_days: tuple[int, int] | None = None


def demand_of_site(
    facts: SiteFacts, protocol: Protocol, prior: Prior, kit_type: str, days: tuple[int, int]
) -> Mass:
    """Chances of kits of one type wanted on the days from the first to the last, counted from today = 0.

    Exact where one arm takes the kit type; with several, arms are added as if they enrolled independently.
    Raises: UnusableDemand where the days run backwards.
    """
    if days[1] < days[0]:
        raise UnusableDemand("Demand is told from a day to the same or a later one.")
    masses = _of_subjects(facts, protocol, kit_type, days)
    rate = learned(prior, facts.enrolled, facts.exposure_days)
    for arm, titration in protocol.titrations.items():
        if any(titration.kits_of(kit_type)):
            masses += _of_screening(facts, protocol, arm, kit_type, days)
            masses.append(_of_newcomers(facts, protocol, arm, kit_type, days, rate))
    return add_all(masses)


def stock_needed(
    facts: SiteFacts, protocol: Protocol, prior: Prior, kit_type: str, days: tuple[int, int], alpha: float
) -> int:
    """The least stock with P(demand <= stock) >= 1 - alpha; `days` is from now to the last one before a later order
    could arrive."""
    return int(stock_for(demand_of_site(facts, protocol, prior, kit_type, days), alpha))


def demand_by_day(
    facts: SiteFacts, protocol: Protocol, prior: Prior, kit_type: str, until_days: Sequence[int]
) -> list[Mass]:
    """The demand from today to each of these days: what a band around a projection of stock is drawn from."""
    return [demand_of_site(facts, protocol, prior, kit_type, (0, until)) for until in until_days]


def _of_subjects(facts: SiteFacts, protocol: Protocol, kit_type: str, days: tuple[int, int]) -> list[Mass]:
    return [
        kits_of_subject(subject, protocol.conduct, protocol.titrations[arm], kit_type, days)
        for arm, subjects in facts.on_treatment.items()
        if any(protocol.titrations[arm].kits_of(kit_type))
        for subject in subjects
    ]


def _of_screening(
    facts: SiteFacts, protocol: Protocol, arm: str, kit_type: str, days: tuple[int, int]
) -> list[Mass]:
    """Each in screening is randomized to the arm or not: a mixture with none."""
    masses = []
    chance = protocol.in_screening_succeeds * protocol.shares[arm]
    for day in facts.screening_days:
        if day <= days[1]:
            each = _newcomer(protocol, arm, kit_type, days, (day, day)) * chance
            each[0] += 1 - chance
            masses.append(each)
    return masses


def _of_newcomers(
    facts: SiteFacts, protocol: Protocol, arm: str, kit_type: str, days: tuple[int, int], rate: Rate
) -> Mass:
    if facts.enrols_days is None:
        return add_all([])
    enrols = (max(facts.enrols_days[0], 0), min(facts.enrols_days[1], days[1]))
    if enrols[1] < enrols[0]:
        return add_all([])
    each = _newcomer(protocol, arm, kit_type, days, enrols)
    return compounded(rate, enrols[1] - enrols[0] + 1, protocol.shares[arm], each)


def _newcomer(protocol: Protocol, arm: str, kit_type: str, days: tuple[int, int], enrols: tuple[int, int]) -> Mass:
    return kits_of_newcomer(protocol.conduct, protocol.titrations[arm], kit_type, days, enrols, protocol.later_days)
