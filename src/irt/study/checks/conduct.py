"""Visits, screening and caps that do not contradict each other."""

from collections.abc import Iterator
from itertools import count, pairwise, takewhile

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.problems import Finding
from irt.study.rules import Cap
from irt.study.visits import Visit

DAYS_MAX = 36_500
NEEDS_KEY = ("country", "site", "stratum", "cohort")


def randomization_visit(draft: Draft) -> Iterator[Finding]:
    """One visit is the randomization, on its own day 0, once."""
    found = [(index, visit) for index, visit in enumerate(draft.study.visits) if visit.kind == "randomization"]
    if len(found) != 1:
        sentence = f"{len(found) or 'no'} visits of kind randomization: there must be one"
        yield Finding("NotOneRandomization", ("visits",), sentence)
    for index, visit in found:
        if visit.anchor != "randomization" or visit.day != 0:
            sentence = f"visit `{visit.code}` is the randomization: anchor it there, on day 0"
            yield Finding("RandomizationNotDayZero", ("visits", index), sentence)


def repeats_before_treatment(draft: Draft) -> Iterator[Finding]:
    """Screening and randomization happen once; what repeats without end is anchored after them."""
    for index, visit in enumerate(draft.study.visits):
        if visit.repeat is None:
            continue
        if visit.kind in ("screening", "randomization"):
            sentence = f"a visit of kind {visit.kind} happens once; it cannot repeat"
            yield Finding("RepeatsOnce", ("visits", index, "repeat"), sentence)
        elif visit.anchor == "screening" and visit.repeat.times is None:
            sentence = "a visit counted from screening needs an end: give `times`"
            yield Finding("OpenEndedScreening", ("visits", index, "repeat"), sentence)


def visits_beyond_a_lifetime(draft: Draft) -> Iterator[Finding]:
    """Days are days: nothing is planned beyond a hundred years."""
    for index, visit in enumerate(draft.study.visits):
        days = [visit.day, visit.window_before_days, visit.window_after_days, visit.treatment_days or 0]
        days += [visit.repeat.every_days * (visit.repeat.times or 1)] if visit.repeat else []
        if max(days) > DAYS_MAX:
            yield Finding("TooFarAway", ("visits", index), f"day {max(days)} is more than a hundred years away")


def overlapping_windows(draft: Draft) -> Iterator[Finding]:
    """Visits whose windows meet: on such a day nobody can tell which visit it is."""
    told: set[tuple[str, str]] = set()
    for anchor in ("screening", "randomization"):
        spans = sorted(_spans(draft, anchor))
        for (_, until, earlier, _), (begins, _, later, index) in pairwise(spans):
            if begins <= until and (earlier, later) not in told:
                told.add((earlier, later))
                sentence = f"the windows of visits `{earlier}` and `{later}` meet on day {begins}"
                yield Finding("OverlappingWindows", ("visits", index), sentence, "warning")


def _spans(draft: Draft, anchor: str) -> Iterator[tuple[int, int, str, int]]:
    """First day, last day, code and index of every occurrence, some way beyond the last visit that is planned."""
    visits = [(index, visit) for index, visit in enumerate(draft.study.visits) if visit.anchor == anchor]
    repeats = [visit.repeat.every_days for _, visit in visits if visit.repeat]
    horizon = max((visit.day for _, visit in visits), default=0) + 3 * max(repeats, default=0)
    for index, visit in visits:
        for day in takewhile(lambda day: day <= min(horizon, DAYS_MAX), _days(visit)):
            yield day - visit.window_before_days, day + visit.window_after_days, visit.code, index


def _days(visit: Visit) -> Iterator[int]:
    if visit.repeat is None:
        return iter((visit.day,))
    every = visit.repeat.every_days
    if visit.repeat.times is None:
        return count(visit.day, every)
    return iter(range(visit.day, visit.day + every * visit.repeat.times, every))


def run_in_beyond_screening(draft: Draft) -> Iterator[Finding]:
    """The run-in ends before screening expires, and so does every visit planned in it."""
    screening = draft.study.screening
    limit_days = screening.screening_days_max
    if limit_days is None:
        return
    if screening.run_in_days > limit_days:
        sentence = f"a run-in of {screening.run_in_days} days, and screening expires after {limit_days}"
        yield Finding("RunInTooLong", ("screening", "run_in_days"), sentence)
    for index, visit in enumerate(draft.study.visits):
        if visit.anchor == "screening" and visit.day > limit_days:
            sentence = f"visit `{visit.code}` is on day {visit.day}, and screening expires after {limit_days}"
            yield Finding("VisitAfterScreening", ("visits", index, "day"), sentence, "warning")


def keys_of_caps(draft: Draft) -> Iterator[Finding]:
    """A cap on a country, site, stratum or cohort says which; one on the study does not."""
    for index, cap in enumerate(draft.study.caps):
        if cap.scope in NEEDS_KEY and cap.key is None:
            yield Finding("CapWithoutKey", ("caps", index), f"a cap on a {cap.scope} needs its `key`")
        if cap.scope == "study" and cap.key is not None:
            yield Finding("CapWithKey", ("caps", index, "key"), "a cap on the whole study has no key")


def caps_that_never_bind(draft: Draft) -> Iterator[Finding]:
    """A cap above the cap of the whole study."""
    whole = [cap for cap in draft.study.caps if cap.scope == "study"]
    for index, cap in enumerate(draft.study.caps):
        wider = [other for other in whole if other.counts == cap.counts and other.subjects < cap.subjects]
        if cap.scope != "study" and wider:
            sentence = f"the cap of {cap.subjects} is above the study's {wider[0].subjects} and never reached"
            yield Finding("CapNeverReached", ("caps", index, "subjects"), sentence, "warning")


def caps_below_the_plan(draft: Draft) -> Iterator[Finding]:
    """A hard cap on the study below its planned subjects, or sites capped to fewer than are planned."""
    for index, cap in enumerate(draft.study.caps):
        for name, size in draft.study.sizes.items() if _binds(cap) else ():
            if cap.subjects < size.planned_subjects:
                sentence = f"at most {cap.subjects}, and size {name} plans {size.planned_subjects} subjects"
                yield Finding("CapBelowPlan", ("caps", index, "subjects"), sentence, "warning")


def _binds(cap: Cap) -> bool:
    return cap.scope == "study" and cap.hard and cap.counts == "randomized"


def site_caps_below_the_plan(draft: Draft) -> Iterator[Finding]:
    """Where every site is capped, the sites together can hold the planned subjects."""
    caps = {cap.key: cap.subjects for cap in draft.study.caps if cap.scope == "site" and _is_hard(cap)}
    sites = {site.number for site in draft.study.sites}
    if not sites or not sites <= set(caps):
        return
    places = sum(caps[site] for site in sites)
    for name, size in draft.study.sizes.items():
        if places < size.planned_subjects:
            sentence = f"the sites together may enrol {places}, and size {name} plans {size.planned_subjects}"
            yield Finding("CapBelowPlan", ("caps",), sentence, "warning")


def _is_hard(cap: Cap) -> bool:
    return cap.hard and cap.counts == "randomized"


def cohort_caps(draft: Draft) -> Iterator[Finding]:
    """A cohort's cap and its size are one number."""
    sizes = {cohort.code: cohort.size for cohort in draft.study.cohorts}
    for index, cap in enumerate(draft.study.caps):
        if cap.scope == "cohort" and _is_hard(cap) and sizes.get(cap.key or "", cap.subjects) != cap.subjects:
            sentence = f"cohort `{cap.key}` has {sizes[cap.key or '']} places and a cap of {cap.subjects}"
            yield Finding("CohortCapDiffers", ("caps", index, "subjects"), sentence, "warning")


def blinded_roles_of_an_open_study(draft: Draft) -> Iterator[Finding]:
    """An unblinded pharmacist or blinded stages mean nothing where nobody is blind."""
    study = draft.study.study
    for key in ("unblinded_pharmacist", "blinded_stages"):
        if study.blinding == "open" and getattr(study, key):
            yield Finding("NothingIsBlinded", ("study", key), "the study is open: nobody is blind", "warning")


def gate_left_out(draft: Draft) -> Iterator[Finding]:
    """A study opens in production without a proof of its supply for a reason only."""
    rules = draft.study.conduct
    if not rules.go_live_gate and rules.gate_asked:
        sentence = "production asks for a signed go-live gate: say in `no_gate_because` why this study needs none"
        yield Finding("GateLeftOut", ("conduct", "go_live_gate"), sentence)
    if rules.go_live_gate and rules.no_gate_because is not None:
        sentence = "a gate is asked for: leave the reason out, or say `go_live_gate: false`"
        yield Finding("GateAskedFor", ("conduct", "no_gate_because"), sentence)


CHECKS = (
    check(randomization_visit, "visits"),
    check(repeats_before_treatment),
    check(visits_beyond_a_lifetime),
    check(overlapping_windows),
    check(run_in_beyond_screening, "screening"),
    check(gate_left_out, "conduct"),
    check(keys_of_caps),
    check(caps_that_never_bind),
    check(caps_below_the_plan),
    check(site_caps_below_the_plan, "caps", "sites"),
    check(cohort_caps),
    check(blinded_roles_of_an_open_study, "study"),
)
