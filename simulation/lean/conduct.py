"""People: screening, randomization, visits one after the other, replacements and requests."""

from simulation.lean.books import (
    D_RANDOMIZED,
    D_SCREENED,
    S_RANDOMIZED,
    count_at_site,
    count_day,
    tell,
)
from simulation.lean.columns import (
    ALL_ARMS,
    ARM,
    ARMS_KNOWN,
    ARRIVES,
    ASKED_ARM,
    ASKED_CODE,
    ASKED_LEVEL,
    ASKED_PERSON,
    AT_RANDOMIZATION,
    BEGAN,
    CODE,
    COMPLETION_DAY,
    COUNTRY,
    DAY,
    DAYS_TO_LAST,
    DRIFT,
    EVERY_REQUEST,
    FAILS,
    FIRST_CODE,
    FIRST_DAYS_TO_LAST,
    HELD,
    IN_SCREENING,
    LACKS_ARM,
    LACKS_NEED,
    LAST_RANDOMIZED_DAY,
    LEVEL,
    LOSES_A_KIT,
    MINUTE_FROM,
    MINUTE_MASK,
    MOVED_DAYS,
    NUMBER,
    OFF_DAYS_FROM,
    QUITS,
    R_DAYS_TO_LAST,
    R_NEED,
    R_SITE,
    RANDOMIZED,
    REACHED,
    REPLACEMENT_WORDS,
    REQUEST_WORDS,
    SCREENED_MINUTES,
    SHUT,
    SITE,
    SITE_MAX,
    STAYS_MINUTES,
    STOPS,
    SUBJECTS,
    T_COMPLETED,
    T_FAILED,
    T_RANDOMIZED,
    T_REFUSED,
    T_SCREENED,
    T_STOPPED,
    T_TURNED_AWAY,
    TALLY,
    TARGET,
    TITRATION_MASK,
    TREATED,
    TURNED_AWAY,
    VALID_MINUTES,
    VISIT,
    WEIGHT,
)
from simulation.lean.compiled import part
from simulation.lean.giving import ask_for, can_give, give_up
from simulation.lean.queue import RANDOMIZATION, REPLACEMENT, SCREENING, STOP, VISIT_DUE, put
from simulation.lean.sharing import review
from simulation.lean.world import World
from simulation.network import MINUTES_IN_DAY

_SCREENED, _RANDOMIZED, _REFUSED = TALLY["screened"], TALLY["randomized"], TALLY["randomizations_refused"]
_FAILURES, _TURNED_AWAY, _EXPIRED = TALLY["screen_failures"], TALLY["turned_away"], TALLY["screening_expired"]
_DROPOUTS, _COMPLETED = TALLY["dropouts"], TALLY["completed"]


@part
def review_after_request(w: World, site: int, now: int) -> None:
    """Looks at a site's stock right after kits were asked for there, where the scenario says so."""
    if w.fixed[EVERY_REQUEST] and not w.out[now // MINUTES_IN_DAY]:
        review(w, site, now)


@part
def arrive_for_screening(w: World, person: int) -> None:
    """Somebody comes, unless all places are taken."""
    row = w.people[person]
    site, now = row[SITE], row[ARRIVES]
    if w.places[site, SHUT] or _full(w, site):
        return
    w.tally[_SCREENED] += 1
    count_day(w, D_SCREENED, now)
    tell(w, now, T_SCREENED, site, person, 0)
    w.places[site, IN_SCREENING] += 1
    phase = SCREENING if row[FAILS] else RANDOMIZATION
    put(w, now + row[SCREENED_MINUTES], phase, person, person)


@part
def fail_screening(w: World, person: int, now: int) -> None:
    """Screening ends without a randomization."""
    site = w.people[person, SITE]
    w.places[site, IN_SCREENING] -= 1
    if not w.places[site, SHUT]:
        w.tally[_FAILURES] += 1
        tell(w, now, T_FAILED, site, person, 0)


@part
def lacks_for_randomization(w: World, person: int, now: int) -> int:
    """What must be known before a person is randomized: a need of the first visit, or the arm; else REACHED."""
    row = w.people[person]
    site = row[SITE]
    if w.places[site, SHUT] or _turned_away(w, site) or w.out[now // MINUTES_IN_DAY]:
        return REACHED
    if _screening_expired(w, person, now):
        return REACHED
    if w.fixed[ALL_ARMS]:
        for arm in range(w.due.shape[0]):
            open_now = w.arms_open[min(now // MINUTES_IN_DAY, w.arms_open.shape[0] - 1), arm]
            if open_now and w.due[arm, row[LEVEL], w.fixed[FIRST_CODE], row[WEIGHT]] < 0:
                return _lacks_need(w, arm, row[LEVEL], w.fixed[FIRST_CODE], person)
    if w.clock[ARMS_KNOWN] <= w.clock[SUBJECTS] and _can_serve_all_arms(w, person, now):
        w.clock[ASKED_PERSON] = person
        return LACKS_ARM
    return REACHED


@part
def randomize_or_put_off(w: World, person: int, now: int) -> bool:
    """Whether somebody is randomized now; else put off for a day, turned away, or given up."""
    site = w.people[person, SITE]
    if not w.places[site, SHUT] and not _turned_away(w, site) and not _screening_expired(w, person, now):
        if not w.out[now // MINUTES_IN_DAY] and _can_serve_all_arms(w, person, now):
            w.places[site, IN_SCREENING] -= 1
            _randomize(w, person, now)
            return True
        w.tally[_REFUSED] += 1
        tell(w, now, T_REFUSED, site, person, 0)
        if not _screening_expired(w, person, now + MINUTES_IN_DAY):
            put(w, now + MINUTES_IN_DAY, RANDOMIZATION, person, person)
            return False
    w.places[site, IN_SCREENING] -= 1
    if not w.places[site, SHUT]:
        w.tally[_TURNED_AWAY if _turned_away(w, site) else _EXPIRED] += 1
        tell(w, now, T_TURNED_AWAY, site, person, 0)
    return False


@part
def _screening_expired(w: World, person: int, minute: int) -> bool:
    valid_minutes = w.fixed[VALID_MINUTES]
    return valid_minutes >= 0 and minute > w.people[person, ARRIVES] + valid_minutes


@part
def _can_serve_all_arms(w: World, person: int, now: int) -> bool:
    if not w.fixed[ALL_ARMS]:
        return True
    row, day = w.people[person], now // MINUTES_IN_DAY
    for arm in range(w.due.shape[0]):
        if w.arms_open[min(day, w.arms_open.shape[0] - 1), arm]:
            need = w.due[arm, row[LEVEL], w.fixed[FIRST_CODE], row[WEIGHT]]
            if not can_give(w, row[SITE], need, w.fixed[FIRST_DAYS_TO_LAST], day):
                return False
    return True


@part
def _randomize(w: World, person: int, now: int) -> None:
    row = w.people[person]
    site, number = row[SITE], w.clock[SUBJECTS] + 1
    w.clock[SUBJECTS] = number
    w.places[site, RANDOMIZED] += 1
    w.countries[w.places[site, COUNTRY], 0] += 1
    row[NUMBER], row[ARM], row[BEGAN], row[VISIT], row[TREATED] = number, w.arms[number - 1], now, 0, 1
    row[STOPS] = now + row[STAYS_MINUTES]
    w.tally[_RANDOMIZED] += 1
    count_day(w, D_RANDOMIZED, now)
    count_at_site(w, S_RANDOMIZED, site, now)
    tell(w, now, T_RANDOMIZED, site, number, row[ARM])
    w.clock[LAST_RANDOMIZED_DAY] = now // MINUTES_IN_DAY
    if number == w.fixed[TARGET]:
        w.clock[COMPLETION_DAY] = now // MINUTES_IN_DAY


@part
def next_visit(w: World, person: int, now: int) -> bool:
    """Plans the next visit or the end of a subject; True where the visit takes place at once."""
    row, place = w.people[person], w.people[person, VISIT]
    if place == w.visits.shape[0]:
        _end(w, person, _COMPLETED, T_COMPLETED, now)
        return False
    minute = _due_minute(w, person, place)
    if minute >= row[STOPS] or (place > 0 and w.own_visits[person, place] & QUITS):
        put(w, max(min(row[STOPS], minute), now), STOP, row[NUMBER], person)
        return False
    if w.visits[place, AT_RANDOMIZATION]:
        return True
    put(w, max(minute, now), VISIT_DUE, row[NUMBER], person)
    return False


@part
def _due_minute(w: World, person: int, place: int) -> int:
    """The minute of a visit; with drift its own departure moves all later ones."""
    row = w.people[person]
    if w.visits[place, AT_RANDOMIZATION]:
        return row[BEGAN]
    off, first_day = w.own_visits[person, place] >> OFF_DAYS_FROM, row[BEGAN] // MINUTES_IN_DAY
    day = max(first_day + w.visits[place, DAY] + row[MOVED_DAYS] + off, first_day)
    if w.fixed[DRIFT]:
        row[MOVED_DAYS] += off
    return max(day * MINUTES_IN_DAY + (w.own_visits[person, place] >> MINUTE_FROM & MINUTE_MASK), row[BEGAN])


@part
def lacks_for_visit(w: World, person: int) -> int:
    """LACKS_NEED where nobody knows yet what the subject is due at its next visit; else REACHED."""
    row, place = w.people[person], w.people[person, VISIT]
    if w.places[row[SITE], SHUT] or (place > 0 and w.own_visits[person, place] & HELD):
        return REACHED
    level, code = _level_at(w, person, place), w.visits[place, CODE]
    if w.due[row[ARM], level, code, row[WEIGHT]] < 0:
        return _lacks_need(w, row[ARM], level, code, person)
    return REACHED


@part
def _lacks_need(w: World, arm: int, level: int, code: int, person: int) -> int:
    w.clock[ASKED_ARM], w.clock[ASKED_LEVEL], w.clock[ASKED_CODE] = arm, level, code
    w.clock[ASKED_PERSON] = person
    return LACKS_NEED


@part
def _level_at(w: World, person: int, place: int) -> int:
    """The dose level at a visit: moved by the scenario's chances, one after the other."""
    level = w.people[person, LEVEL]
    if place > 0:
        for move in range(w.moves.shape[1]):
            if w.own_visits[person, place] & TITRATION_MASK < w.moves[level, move, 0]:
                return w.moves[level, move, 1]
    return level


@part
def visit(w: World, person: int, now: int) -> bool:
    """A visit that takes place; False where the site is shut and the subject stops."""
    row, place = w.people[person], w.people[person, VISIT]
    site = row[SITE]
    if w.places[site, SHUT]:
        _end(w, person, _DROPOUTS, T_STOPPED, now)
        return False
    row[VISIT] = place + 1
    row[LEVEL] = _level_at(w, person, place)
    if place > 0 and w.own_visits[person, place] & HELD:
        return True
    need = w.due[row[ARM], row[LEVEL], w.visits[place, CODE], row[WEIGHT]]
    if w.needs[need, 0] == 0:
        return True
    given = ask_for(w, site, need, w.visits[place, DAYS_TO_LAST], row[NUMBER], w.visits[place, CODE], now)
    review_after_request(w, site, now)
    if given and w.own_visits[person, place] & LOSES_A_KIT:
        later = now + int(w.replaced_after[person, place] * (_next_minute(w, person, place) - now))
        what = (need * w.visits.shape[0] + place) * w.people.shape[0] + person
        put(w, max(later, now), REPLACEMENT, row[NUMBER], what)
    return True


@part
def _next_minute(w: World, person: int, place: int) -> int:
    """The beginning of the planned day of the visit after, or a day later where there is none."""
    first_day = w.people[person, BEGAN] // MINUTES_IN_DAY + w.people[person, MOVED_DAYS]
    if place + 1 < w.visits.shape[0]:
        return (first_day + w.visits[place + 1, DAY]) * MINUTES_IN_DAY
    return (first_day + w.visits[place, DAY] + 1) * MINUTES_IN_DAY


@part
def stop(w: World, person: int, now: int) -> None:
    """A subject stops."""
    _end(w, person, _DROPOUTS, T_STOPPED, now)


@part
def _end(w: World, person: int, count: int, told: int, now: int) -> None:
    row = w.people[person]
    row[TREATED] = 0
    give_up(w, row[SITE], row[NUMBER], now)
    w.tally[count] += 1
    tell(w, now, told, row[SITE], row[NUMBER], 0)


@part
def replace(w: World, what: int, now: int) -> None:
    """One kit of each type is lost or broken, and another is asked for."""
    what, person = what // w.people.shape[0], what % w.people.shape[0]
    need, place = what // w.visits.shape[0], what % w.visits.shape[0]
    row = w.people[person]
    if row[TREATED] and not w.places[row[SITE], SHUT]:
        days = w.visits[place, DAYS_TO_LAST]
        ask_for(w, row[SITE], need + 1, days, row[NUMBER], REPLACEMENT_WORDS, now)
        review_after_request(w, row[SITE], now)


@part
def request(w: World, number: int, now: int) -> None:
    """A request of no subject."""
    row = w.requests[number]
    if not w.places[row[R_SITE], SHUT]:
        ask_for(w, row[R_SITE], row[R_NEED], row[R_DAYS_TO_LAST], number, REQUEST_WORDS, now)
        review_after_request(w, row[R_SITE], now)


@part
def _turned_away(w: World, site: int) -> bool:
    return w.fixed[TURNED_AWAY] == 1 and _full(w, site)


@part
def _full(w: World, site: int) -> bool:
    """Whether the last place is taken: of the site, its country or the study."""
    country = w.countries[w.places[site, COUNTRY]]
    return (
        (w.fixed[TARGET] >= 0 and w.clock[SUBJECTS] >= w.fixed[TARGET])
        or (w.fixed[SITE_MAX] >= 0 and w.places[site, RANDOMIZED] >= w.fixed[SITE_MAX])
        or (country[1] >= 0 and country[0] >= country[1])
    )
