"""The scenario of a running study: everything begins as it stands on the day.

Kits are counted by lot: labels are not told apart, and what is in quarantine is not there. A lot of several expiry
dates is told as several. Goods on their way arrive on the day they are due.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import log

from irt.errors import Refusal
from irt.states.records import SiteStatus
from irt.study.schedule import planned_visits
from irt.supply.planner import LotStock, OnTheWay
from irt.supply.study_state import SiteNow, StudyState, SubjectNow
from simulation.enrolment.site_rates import SiteRates
from simulation.inputs.recruitment import YEAR_DAYS
from simulation.spec.begun import Begun, BegunSite, BegunSubject, Goods, OnTheRoad
from simulation.spec.enrolment import Enrolment
from simulation.spec.laws import Law, Uniform
from simulation.spec.rules import require_sound
from simulation.spec.scenario import Scenario
from simulation.spec.subjects import Subjects, TitrationChance
from simulation.spec.supply import ScenarioLot, SiteStock, SupplyConditions

DROPOUT_DAYS = 28
"""The study's rate of dropout is a share that stops within so many days."""


class NoSiteOpen(Refusal):
    """No site of the study is open, so there is no state to begin with."""

    def __init__(self) -> None:
        super().__init__(
            "No site of this study is open. Nothing was simulated. Play a scenario of the study instead."
        )


@dataclass(frozen=True, slots=True)
class TwinAsked:
    """How far ahead, and the subjects that complete enrolment, those of today among them."""

    horizon_days: int
    target: int | None = None


def scenario_of_study(state: StudyState, rates: SiteRates, asked: TwinAsked) -> Scenario:
    """The study going on as it stands; UnusableScenario where it cannot be played, NoSiteOpen where none is."""
    lots = _Lots(state)
    begun = _begun(state, lots)
    if not any(site.is_open for site in begun.sites):
        raise NoSiteOpen
    scenario = Scenario(
        name=state.definition.study.protocol,
        title=f"{state.definition.study.protocol} as it stood on {state.day.isoformat()}",
        study=state.definition,
        start=state.day,
        horizon_days=asked.horizon_days,
        enrolment=_enrolment(state, rates, asked),
        subjects=_subjects(state),
        supply=SupplyConditions(lots=tuple(lots.at_depots()), site_stock=tuple(lots.at_sites())),
        begun=begun,
    )
    require_sound(scenario)
    return scenario


class _Lots:
    """Lots under names that tell one expiry date each, and the countries where they may go."""

    def __init__(self, state: StudyState) -> None:
        self._state = state
        dates: dict[tuple[str, str], set[date]] = defaultdict(set)
        for one in self._everything():
            dates[one.lot, one.kit_type].add(one.expiry)
        self._several = {key for key, found in dates.items() if len(found) > 1}
        self._approved = {site.country: site.approved_lots for site in state.network.sites}

    def _everything(self) -> Iterator[LotStock | OnTheWay]:
        for site in self._state.network.sites:
            yield from site.stock
            yield from site.on_the_way
        for depot in self._state.network.depots.values():
            yield from (stock for _, stock in depot.stock)
        for place in self._state.regional:
            yield from place.on_the_way

    def name(self, one: LotStock | OnTheWay) -> str:
        """The lot's own name, with the date where it has several."""
        several = (one.lot, one.kit_type) in self._several
        return f"{one.lot}-{one.expiry:%Y%m%d}" if several else one.lot

    def countries(self, one: LotStock | OnTheWay) -> tuple[str, ...] | None:
        """Where the lot is approved; empty for everywhere, None for nowhere."""
        allowed = sorted(c for c, lots in self._approved.items() if lots is None or one.lot in lots)
        if len(allowed) == len(self._approved):
            return ()
        return tuple(allowed) or None

    def day(self, one: LotStock | OnTheWay) -> int:
        """The last day on which it may be used."""
        return (one.expiry - self._state.day).days

    def at_depots(self) -> Iterator[ScenarioLot]:
        """Stock of depots that may still go somewhere."""
        found: dict[tuple[str, str, str], int] = defaultdict(int)
        told: dict[tuple[str, str, str], tuple[int, tuple[str, ...]]] = {}
        for code, depot in sorted(self._state.network.depots.items()):
            for _, stock in depot.stock:
                countries = self.countries(stock)
                if countries is not None and stock.kits and self.day(stock) >= 0:
                    key = self.name(stock), stock.kit_type, code
                    found[key] += stock.kits
                    told[key] = self.day(stock), countries
        for (lot, kit_type, code), kits in sorted(found.items()):
            expiry, countries = told[lot, kit_type, code]
            yield ScenarioLot(
                lot=lot, kit_type=kit_type, depot=code, kits=kits, expiry_day=expiry, countries=countries
            )

    def at_sites(self) -> Iterator[SiteStock]:
        """What lies at sites."""
        for site in self._state.network.sites:
            for stock in site.stock:
                if stock.kits and self.day(stock) >= 0:
                    yield SiteStock(
                        lot=self.name(stock),
                        kit_type=stock.kit_type,
                        kits=stock.kits,
                        expiry_day=self.day(stock),
                        sites=(site.number,),
                        countries=self.countries(stock) or (site.country,),
                    )

    def coming(self) -> Iterator[OnTheRoad]:
        """Consignments by place and day; what is late comes today."""
        for place in (*self._state.network.sites, *self._state.regional):
            by_day: dict[int, list[OnTheWay]] = defaultdict(list)
            for one in place.on_the_way:
                if one.kits and self.day(one) >= 0:
                    by_day[max((one.due - self._state.day).days, 0)].append(one)
            for due_day, goods in sorted(by_day.items()):
                yield OnTheRoad(target=place.number, due_day=due_day, goods=tuple(map(self._goods, goods)))

    def _goods(self, one: OnTheWay) -> Goods:
        return Goods(
            lot=self.name(one),
            kit_type=one.kit_type,
            kits=one.kits,
            expiry_day=self.day(one),
            countries=self.countries(one) or (),
        )


def _begun(state: StudyState, lots: _Lots) -> Begun:
    sites = [_site(site, state.day) for site in state.sites if site.status != SiteStatus.PLANNED]
    opened = {site.site for site in sites if site.is_open}
    here = [subject for subject in state.subjects if subject.site in opened]
    schedule = _schedule(state, here)
    return Begun(
        sites=tuple(sites),
        subjects=tuple(_subject(subject, state.day, schedule) for subject in here),
        on_the_road=tuple(lots.coming()),
    )


def _site(site: SiteNow, day: date) -> BegunSite:
    """A closed site never opens; one that opened today did so before the day began."""
    if site.status == SiteStatus.CLOSED or site.opened_on is None:
        return BegunSite(site=site.number, off_treatment=site.off_treatment)
    return BegunSite(
        site=site.number,
        opened_day=min((site.opened_on - day).days, -1),
        off_treatment=site.off_treatment,
        in_screening=tuple(max((day - since).days, 0) for since in site.screening_since),
    )


@dataclass(frozen=True, slots=True)
class _Planned:
    """A dispensing visit by its key, and the last day of its window from randomization."""

    key: tuple[str, int]
    until_day: int


def _schedule(state: StudyState, subjects: Iterable[SubjectNow]) -> list[_Planned]:
    """Dispensing visits in order, as far as any subject may have come."""
    first = min((subject.randomized_on for subject in subjects), default=state.day)
    planned = planned_visits(state.definition, {"randomization": first}, state.day + timedelta(days=1))
    return [
        _Planned((visit.code, visit.occurrence), (visit.window_to - first).days)
        for visit in planned
        if visit.dispenses
    ]


def _subject(subject: SubjectNow, day: date, schedule: list[_Planned]) -> BegunSubject:
    """Over are the visits up to the last that was held or whose window is past."""
    since = (day - subject.randomized_on).days
    over = [
        place
        for place, visit in enumerate(schedule, start=1)
        if visit.key in subject.over or visit.until_day < since
    ]
    return BegunSubject(
        site=subject.site,
        arm=subject.arm,
        level=subject.level,
        randomized_day=-max(since, 0),
        visits_over=max(over, default=0),
    )


def _enrolment(state: StudyState, rates: SiteRates, asked: TwinAsked) -> Enrolment:
    """Who is screened where: those who fail come on top of the subjects that were learned from."""
    passes = 1 - float(state.definition.resupply.forecast.screen_failure_rate)
    active = {site.number for site in state.sites if site.status == SiteStatus.ACTIVE}
    opened = {site.number for site in state.sites if site.status != SiteStatus.PLANNED}
    laws = {site: _screened(law, passes) for site, law in rates.by_site.items() if site in active}
    return Enrolment(
        screened_per_site_month=rates.others_mean / passes,
        rate_shape=rates.others_shape,
        site_rates=dict.fromkeys(sorted(opened - active), 0.0),
        site_rate_laws=laws,
        start_up_days=rates.start_up_days,
        target_subjects=asked.target,
    )


def _screened(law: Law, passes: float) -> Law:
    return law.model_copy(update={"mean": law.mean / passes}) if law.law == "gamma" else law


def _subjects(state: StudyState) -> Subjects:
    """People as the study's own forecast of needs supposes them."""
    forecast = state.definition.resupply.forecast
    stays = 1 - float(forecast.dropout_rate)
    moves = [
        TitrationChance(origin=origin, target=target, chance=float(chance))
        for origin, targets in forecast.dose_moves.items()
        for target, chance in targets.items()
    ]
    return Subjects(
        screening_days=Uniform(law="uniform", least=0, most=forecast.screening_days),
        screen_failure=float(forecast.screen_failure_rate),
        dropout_per_year=-log(stays) * YEAR_DAYS / DROPOUT_DAYS,
        titration=tuple(moves),
    )
