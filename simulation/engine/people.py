"""People: each site's recruitment, each person's way through screening, randomization and visits, and requests."""

from dataclasses import replace
from itertools import islice

from simulation.engine.giving import ask_for, give_up
from simulation.engine.homes import sent_home
from simulation.engine.order import Phase
from simulation.engine.randomizing import Dispenser, Randomizer, levels_of
from simulation.engine.shipping import Shipping
from simulation.engine.world import Asked, OnTreatment, Process, Site, World
from simulation.inputs.chance import WORDS_32
from simulation.network import MINUTES_IN_DAY, VisitRow
from simulation.spec.scenario import Scenario


class Trial:
    """The people of one replication."""

    def __init__(self, world: World, shipping: Shipping) -> None:
        self._world, self._shipping = world, shipping
        self._dispenser = Dispenser(world.definition)
        self._randomizer = Randomizer(world.definition, world.inputs.allocation_key)
        self._codes = [level.code for level in world.definition.dose_levels]
        self._moves = thresholds(world.scenario)
        self._randomized_in: dict[str, int] = {}
        for site in world.sites:
            self._count_in(site, int(world.inputs.off_treatment[site.place]))

    def recruitment(self, site: Site) -> Process:
        """One site's people, as they come; nobody is screened once all places are taken."""
        world, recruits = self._world, self._world.inputs.recruits
        for person in (int(one) for one in (recruits.site == site.place).nonzero()[0]):
            yield world.at(int(recruits.arrives[person]), Phase.SCREENING, person)
            if site.shut:
                return
            if person < recruits.begun:
                self._go_on(site, person)
            elif not self._full(site):
                world.books.count("screened", minute=world.now)
                world.books.tell(world.now, "screened", site.facts.number, person)
                site.in_screening += 1
                world.begin(self._person(site, person))

    def _go_on(self, site: Site, person: int) -> None:
        """Somebody who was there before the start: in screening, or on treatment."""
        world, people = self._world, self._world.inputs.people
        if people.arm[person] < 0:
            site.in_screening += 1
            world.begin(self._person(site, person))
            return
        arm = world.definition.arms[int(people.arm[person])].code
        subject = self._on_treatment(site, person, arm, int(people.first_day[person]))
        over = world.inputs.places.visits[: int(people.first_visit[person])]
        subject.over.update((row.code, row.occurrence) for row in over)
        world.begin(self._treatment(site, subject, subject.first_day * MINUTES_IN_DAY))

    def requests(self) -> Process:
        """Requests of no subject, in order of time."""
        world, requests = self._world, self._world.inputs.requests
        for number, minute in enumerate(requests.minute):
            yield world.at(int(minute), Phase.REQUEST, number)
            site = world.sites[int(requests.site[number])]
            demand = world.scenario.demand[int(requests.demand[number])]
            if not site.shut:
                kits = ((demand.kit_type, int(requests.kits[number])),)
                ask_for(world, site, Asked(kits, demand.days_to_last, number, "request"))
                self._shipping.after_request(site)

    def _person(self, site: Site, person: int) -> Process:
        """Screening, then randomization, put off a day at a time while kits of an arm are missing."""
        world, people = self._world, self._world.inputs.people
        decided = int(world.inputs.recruits.arrives[person] + people.screened_minutes[person])
        valid_days = world.definition.screening.screening_days_max
        last = None if valid_days is None else world.now + valid_days * MINUTES_IN_DAY
        fails = bool(people.fails[person])
        yield world.at(decided, Phase.SCREENING if fails else Phase.RANDOMIZATION, person)
        while not fails and not site.shut and not self._turned_away(site):
            if last is not None and world.now > last:
                break
            if self._may_draw(site, person):
                site.in_screening -= 1
                yield from self._treatment(site, self._randomize(site, person), world.now)
                return
            world.books.count("randomizations_refused")
            world.books.tell(world.now, "refused", site.facts.number, person)
            if last is not None and world.now + MINUTES_IN_DAY > last:
                break
            yield world.at(world.now + MINUTES_IN_DAY, Phase.RANDOMIZATION, person)
        site.in_screening -= 1
        self._not_randomized(site, person, fails)

    def _not_randomized(self, site: Site, person: int, fails: bool) -> None:
        world = self._world
        if site.shut:
            return
        turned = self._turned_away(site)
        name = "screen_failures" if fails else "turned_away" if turned else "screening_expired"
        world.books.count(name)
        world.books.tell(world.now, "failed" if fails else "turned_away", site.facts.number, person)

    def _may_draw(self, site: Site, person: int) -> bool:
        world, people = self._world, self._world.inputs.people
        if world.system_out():
            return False
        return self._dispenser.can_serve_all_arms(world, site, self._level(person), float(people.weight_kg[person]))

    def _randomize(self, site: Site, person: int) -> OnTreatment:
        world = self._world
        levels = levels_of(world.inputs, world.definition, site.facts, person)
        arm = self._randomizer.draw(world.subjects + 1, levels, world.date_of(world.day))
        subject = self._on_treatment(site, person, arm, world.day)
        world.books.count("randomized", minute=world.now, site=site.place)
        world.books.tell(world.now, "randomized", site.facts.number, subject.number, arm)
        world.last_randomized_day = world.day
        enrolment = world.scenario.enrolment
        if enrolment is not None and world.subjects == enrolment.target_subjects:
            world.completion_day = world.day
        return subject

    def _on_treatment(self, site: Site, person: int, arm: str, first_day: int) -> OnTreatment:
        self._count_in(site, 1)
        weight = float(self._world.inputs.people.weight_kg[person])
        subject = OnTreatment(self._world.subjects, person, arm, self._level(person), first_day, weight)
        site.treated[subject.number] = subject
        return subject

    def _count_in(self, site: Site, subjects: int) -> None:
        country = site.facts.country
        self._world.subjects += subjects
        site.randomized += subjects
        self._randomized_in[country] = self._randomized_in.get(country, 0) + subjects

    def _treatment(self, site: Site, subject: OnTreatment, began: int) -> Process:
        """Visits one after the other, until the last one or until the subject stops; earlier ones are over."""
        world, people = self._world, self._world.inputs.people
        visits = people.visits
        stops = world.now + int(people.stays_minutes[subject.person])
        due = _Due(world, subject, began)
        rows = enumerate(world.inputs.places.visits)
        for place, row in islice(rows, int(people.first_visit[subject.person]), None):
            minute = due.minute(place, row)
            if minute >= stops or (place and visits.quits[subject.person, place]):
                yield world.at(min(stops, minute), Phase.STOP, subject.number)
                self._stop(site, subject, "dropouts", "stopped")
                return
            if not row.at_randomization:
                yield world.at(minute, Phase.VISIT, subject.number)
            if site.shut:
                self._stop(site, subject, "dropouts", "stopped")
                return
            self._visit(site, subject, place, row, due)
        self._stop(site, subject, "completed", "completed")

    def _visit(self, site: Site, subject: OnTreatment, place: int, row: VisitRow, due: "_Due") -> None:
        visits = self._world.inputs.people.visits
        subject.over.add((row.code, row.occurrence))
        if place:
            self._titrate(subject, int(visits.titration[subject.person, place]))
            if visits.held[subject.person, place]:
                return
        visit = row.code, row.occurrence
        asked = self._dispenser.asked(subject.arm, subject.level, visit, subject.weight_kg, subject.number)
        if not asked.kits:
            return
        asked = sent_home(self._world, site, asked, row.code)
        given = ask_for(self._world, site, asked)
        self._shipping.after_request(site)
        part = float(visits.replaced_after[subject.person, place])
        if given and part >= 0:
            later = self._world.now + int(part * (due.next_minute(place) - self._world.now))
            self._world.begin(self._replacement(site, subject, asked, later))

    def _replacement(self, site: Site, subject: OnTreatment, asked: Asked, minute: int) -> Process:
        """One kit of each type is lost or broken, and another is asked for."""
        world = self._world
        yield world.at(minute, Phase.REPLACEMENT, subject.number)
        if subject.number in site.treated and not site.shut:
            kits = tuple((kit_type, 1) for kit_type, _ in asked.kits)
            ask_for(world, site, replace(asked, kits=kits, words="replacement"))
            self._shipping.after_request(site)

    def _stop(self, site: Site, subject: OnTreatment, measure: str, what: str) -> None:
        del site.treated[subject.number]
        give_up(self._world, site, subject.number)
        self._world.books.count(measure)
        self._world.books.tell(self._world.now, what, site.facts.number, subject.number)

    def _titrate(self, subject: OnTreatment, word: int) -> None:
        """Moves to another dose level by the scenario's chances, one after the other."""
        for below, target in self._moves.get(subject.level or "", ()):
            if word < below:
                subject.level = target
                return

    def _level(self, person: int) -> str | None:
        place = int(self._world.inputs.people.dose_level[person])
        return self._codes[place] if place >= 0 else None

    def _turned_away(self, site: Site) -> bool:
        enrolment = self._world.scenario.enrolment
        return enrolment is not None and enrolment.after_target == "turned_away" and self._full(site)

    def _full(self, site: Site) -> bool:
        """Whether the last place is taken: of the site, its country or the study."""
        enrolment = self._world.scenario.enrolment
        if enrolment is None:
            return True
        own = enrolment.countries.get(site.facts.country)
        limits = (
            (enrolment.target_subjects, self._world.subjects),
            (enrolment.site_subjects_max, site.randomized),
            (own.subjects_max if own else None, self._randomized_in.get(site.facts.country, 0)),
        )
        return any(most is not None and number >= most for most, number in limits)


class _Due:
    """When a subject's visits are due: from randomization, or with drift from the visit before."""

    def __init__(self, world: World, subject: OnTreatment, began: int) -> None:
        self._visits, self._person = world.inputs.people.visits, subject.person
        self._rows, self._drift = world.inputs.places.visits, world.scenario.subjects.drift
        self._began, self._first_day = began, began // MINUTES_IN_DAY
        self._moved_days = 0

    def minute(self, place: int, row: VisitRow) -> int:
        """The minute of a visit; with drift its own departure moves all later ones."""
        if row.at_randomization:
            return self._began
        off = int(self._visits.off_days[self._person, place])
        day = max(self._first_day + row.day + self._moved_days + off, self._first_day)
        if self._drift:
            self._moved_days += off
        return max(day * MINUTES_IN_DAY + int(self._visits.minute[self._person, place]), self._began)

    def next_minute(self, place: int) -> int:
        """The beginning of the planned day of the visit after, or a day later where there is none."""
        if place + 1 < len(self._rows):
            return (self._first_day + self._rows[place + 1].day + self._moved_days) * MINUTES_IN_DAY
        return (self._first_day + self._rows[place].day + self._moved_days + 1) * MINUTES_IN_DAY


def thresholds(scenario: Scenario) -> dict[str, list[tuple[int, str]]]:
    """Dose level -> (number below which it goes there, where to)."""
    moves: dict[str, list[tuple[int, str]]] = {}
    reached: dict[str, float] = {}
    for move in scenario.subjects.titration:
        reached[move.origin] = reached.get(move.origin, 0.0) + move.chance
        moves.setdefault(move.origin, []).append((round(reached[move.origin] * WORDS_32), move.target))
    return moves
