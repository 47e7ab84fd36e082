"""People in a rehearsal: who comes is screened, randomized and given kits, if the services let them."""

from functools import partial
from typing import NamedTuple

from irt.services.all_arms_check import RandomizationNotPossible
from irt.services.assign_kits import assign_kits
from irt.services.change_treatment import change_dose, change_status, skip_visit
from irt.services.hand_over_kits import hand_over_kits
from irt.services.randomize_subject import ScreeningExpired, randomize_subject
from irt.services.screen_subject import fail_screening, screen_subject
from irt.supply.kit_selection import NoUsableKit
from simulation.engine.order import Phase
from simulation.engine.randomizing import first_visit
from simulation.network import MINUTES_IN_DAY, SitePlace, VisitRow
from simulation.record import Event
from web.rehearsal.desk import Desk
from web.rehearsal.door import Door
from web.rehearsal.typed import agents_of, weight_at
from web.rehearsal.visits import Planned, dose_after, visits_of

SKIPPED = "No kits were given"


class _Enrolled(NamedTuple):
    """A subject, the so-maniest that was randomized."""

    number: int
    subject: str
    person: int
    site: SitePlace
    stops: int
    visits: list[Planned]


class People:
    """The people of a replication. `told`: what the services answered them, as an engine tells it."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._door = desk, Door(desk)
        self.told: list[Event] = []
        self._randomized: list[_Enrolled] = []
        self._left: set[int] = set()
        self._level: dict[int, str | None] = {}

    def begin(self) -> None:
        """Everybody who may come is on the agenda."""
        recruits = self._desk.inputs.recruits
        for person, minute in enumerate(recruits.arrives):
            self._desk.agenda.at(int(minute), Phase.SCREENING, person, partial(self._come, person))

    def _come(self, person: int) -> None:
        desk = self._desk
        site = desk.inputs.places.sites[int(desk.inputs.recruits.site[person])]
        if site.number in desk.shut or self._full(site):
            return
        screened = desk.press(desk.staff.site, screen_subject, site=site.number, on_day=desk.today)
        self._tell("screened", site, person)
        decided = desk.agenda.now + int(desk.inputs.people.screened_minutes[person])
        if desk.inputs.people.fails[person]:
            act, phase = partial(self._fail, site, person, screened.subject, "failed"), Phase.SCREENING
        else:
            act, phase = partial(self._draw, site, person, screened.subject), Phase.RANDOMIZATION
        desk.agenda.at(decided, phase, person, act)

    def _fail(self, site: SitePlace, person: int, subject: str, what: str) -> None:
        desk = self._desk
        if site.number not in desk.shut:
            reason = next(iter(desk.definition.screening.failure_reasons), "Other")
            desk.press(desk.staff.site, fail_screening, subject=subject, on_day=desk.today, reason=reason)
            self._tell(what, site, person)

    def _draw(self, site: SitePlace, person: int, subject: str) -> None:
        """Randomizes; refused for lack of stock, the person comes again the next day while screening is valid."""
        desk = self._desk
        if site.number in desk.shut:
            return
        if desk.scenario.enrolment and desk.scenario.enrolment.after_target == "turned_away" and self._full(site):
            self._fail(site, person, subject, "turned_away")
            return
        level = self._initial_level(person)
        try:
            if desk.system_out:
                raise RandomizationNotPossible("nobody can ask", {})
            desk.press(
                desk.staff.site,
                randomize_subject,
                subject=subject,
                levels=self._levels(person),
                dose_level=level,
                weight_kg=weight_at(desk.definition, first_visit(desk.definition), self._weight(person)),
                on_day=desk.today,
                **agents_of(desk.definition),
            )
        except RandomizationNotPossible:
            self._tell("refused", site, person)
            self._again(site, person, subject)
        except ScreeningExpired:
            self._fail(site, person, subject, "turned_away")
        else:
            self._enrol(site, person, subject, level)

    def _again(self, site: SitePlace, person: int, subject: str) -> None:
        desk, tomorrow = self._desk, self._desk.agenda.now + MINUTES_IN_DAY
        came = desk.inputs.places.date_of(int(desk.inputs.recruits.arrives[person]) // MINUTES_IN_DAY)
        last = desk.definition.screening.valid_until(came)
        if last is not None and desk.inputs.places.date_of(tomorrow // MINUTES_IN_DAY) > last:
            self._fail(site, person, subject, "turned_away")
        else:
            desk.agenda.at(tomorrow, Phase.RANDOMIZATION, person, partial(self._draw, site, person, subject))

    def _enrol(self, site: SitePlace, person: int, subject: str, level: str | None) -> None:
        desk = self._desk
        number, began = len(self._randomized) + 1, desk.agenda.now
        stops = began + int(desk.inputs.people.stays_minutes[person])
        who = _Enrolled(number, subject, person, site, stops, visits_of(desk.scenario, desk.inputs, person, began))
        self._randomized.append(who)
        self._level[number] = level
        self._next(who, 0)

    def _next(self, who: _Enrolled, place: int) -> None:
        """The next visit is on the agenda, or the end."""
        agenda = self._desk.agenda
        if place == len(who.visits):
            self._end(who, "complete")
            return
        planned = who.visits[place]
        if planned.minute >= who.stops or planned.quits:
            agenda.at(
                min(who.stops, planned.minute), Phase.STOP, who.number, partial(self._end, who, "stop_treatment")
            )
        elif planned.row.at_randomization:
            self._visit(who, place)
        else:
            agenda.at(planned.minute, Phase.VISIT, who.number, partial(self._visit, who, place))

    def _end(self, who: _Enrolled, step: str) -> None:
        desk = self._desk
        self._left.add(who.number)
        facts = {"subject": who.subject, "step": step, "on_day": desk.today, "reason": "As it happened"}
        desk.press(desk.staff.site, change_status, **facts)

    def _visit(self, who: _Enrolled, place: int) -> None:
        if who.site.number in self._desk.shut:
            self._end(who, "stop_treatment")
            return
        planned = who.visits[place]
        if place:
            self._titrate(who, planned)
        if place and planned.held:
            self._skip(who, planned.row, "The dose is held")
        elif self._give(who, planned.row) and planned.replaced_at is not None:
            later = partial(self._replace, who, planned.row)
            self._desk.agenda.at(planned.replaced_at, Phase.REPLACEMENT, who.number, later)
        self._next(who, place + 1)

    def _titrate(self, who: _Enrolled, planned: Planned) -> None:
        desk, level = self._desk, self._level[who.number]
        after = dose_after(desk.scenario, level, planned.titration)
        if after != level:
            self._level[who.number] = after
            facts = {"subject": who.subject, "dose_level": after, "on_day": desk.today, "reason": "As judged"}
            desk.press(desk.staff.site, change_dose, **facts)

    def _give(self, who: _Enrolled, row: VisitRow) -> bool:
        if self._desk.system_out == "lost":
            self._tell("missed", who.site, who.number, row.code)
            self._skip(who, row, SKIPPED)
            return False
        if self._hand_over(who, row, unscheduled=False):
            return True
        self._skip(who, row, SKIPPED)
        return False

    def _replace(self, who: _Enrolled, row: VisitRow) -> None:
        """A kit was lost at home: an unscheduled visit gives those of its visit again."""
        if who.number in self._left or who.site.number in self._desk.shut:
            return
        if self._desk.system_out == "lost":
            self._tell("missed", who.site, who.number, "replacement")
            return
        self._hand_over(who, row, unscheduled=True)

    def _hand_over(self, who: _Enrolled, row: VisitRow, *, unscheduled: bool) -> bool:
        desk = self._desk
        facts = {"subject": who.subject, "visit": row.code, "occurrence": row.occurrence, "on_day": desk.today}
        facts |= {"weight_kg": weight_at(desk.definition, row.code, self._weight(who.person))}
        try:
            assigned = desk.press(desk.staff.site, assign_kits, **facts, unscheduled=unscheduled)
        except NoUsableKit:
            self._tell("missed", who.site, who.number, "replacement" if unscheduled else row.code)
            return False
        if desk.definition.goes_home(row.code):
            self._door.send(who.site, assigned)
            return bool(assigned.kits)
        scans = [kit.number for kit in assigned.kits]
        desk.press(desk.staff.site, hand_over_kits, dispensing_id=assigned.dispensing_id, scanned=scans)
        return bool(scans)

    def _skip(self, who: _Enrolled, row: VisitRow, reason: str) -> None:
        desk = self._desk
        facts = {"subject": who.subject, "visit": row.code, "occurrence": row.occurrence, "on_day": desk.today}
        desk.press(desk.staff.site, skip_visit, **facts, reason=reason)

    def _weight(self, person: int) -> float:
        return float(self._desk.inputs.people.weight_kg[person])

    def _initial_level(self, person: int) -> str | None:
        place = int(self._desk.inputs.people.dose_level[person])
        return self._desk.definition.dose_levels[place].code if place >= 0 else None

    def _levels(self, person: int) -> dict[str, str]:
        """The levels of the factors that somebody enters."""
        entered = self._desk.inputs.people.levels[person]
        return {
            factor.code: factor.level_codes()[int(entered[place])]
            for place, factor in enumerate(self._desk.definition.factors)
            if factor.source == "entered"
        }

    def _full(self, site: SitePlace) -> bool:
        """Whether the last place is taken: of the site, its country or the study."""
        enrolment = self._desk.scenario.enrolment
        if enrolment is None:
            return True
        own = enrolment.countries.get(site.country)
        at_site = sum(1 for who in self._randomized if who.site == site)
        in_country = sum(1 for who in self._randomized if who.site.country == site.country)
        return any(
            most is not None and number >= most
            for most, number in (
                (enrolment.target_subjects, len(self._randomized)),
                (enrolment.site_subjects_max, at_site),
                (own.subjects_max if own else None, in_country),
            )
        )

    def _tell(self, what: str, site: SitePlace, who: int, detail: str = "") -> None:
        self.told.append(Event(self._desk.agenda.now, what, site.number, who, detail))

    def ordinals(self) -> dict[str, int]:
        """Subject number -> the so-maniest randomized."""
        return {who.subject: who.number for who in self._randomized}
