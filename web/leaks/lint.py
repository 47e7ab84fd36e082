"""A linted study: the trial, everybody's look at it, and the adversary's verdict on subjects and on kits."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from irt.blinding.leaks.judge import Judged, Verdict, judge
from irt.blinding.leaks.judge import Truth as Known
from irt.blinding.leaks.scores import Seen
from irt.blinding.roles import Role
from irt.errors import Refusal
from irt.reads.named import NamedStudy, every_study
from irt.reads.unblinded_course import consignments
from irt.reads.unblinded_truth import TrueContent, true_arms, true_contents
from irt.services.store import Store
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from irt.supply.planner import ResupplyPlanner
from web.app import create_app
from web.leaks.caller import Caller
from web.leaks.collect import Looking, Numbers, look
from web.leaks.letters import read_letters
from web.leaks.material import Material, Truth, arms_told_apart, types_told_apart
from web.leaks.people import LOOKERS, Place, hire
from web.leaks.trial import INSTANTS, Course, Played, play, seeded
from web.session import SESSION
from web.settings import Settings

PAGES_OF_KITS, PAGES_OF_PARCELS = 120, 120
"""Kits and parcels whose own pages are opened; all of them stand in lists, and on pages of subjects."""
BETWEEN_REQUESTS = timedelta(milliseconds=80)
SETTINGS = Settings(release="0.0.0", mode=Mode.TRAINING, secure=False)


class NothingToKeep(Refusal):
    """Everybody may know the treatments of an open study."""

    def __init__(self, study: str) -> None:
        super().__init__(
            f"{study} has no two arms that look alike to blinded people: there is no blind to look for leaks in."
        )


@dataclass(frozen=True, slots=True)
class Linted:
    """What everybody saw, what is true, and what the adversary made of it."""

    looking: Looking
    truth: Truth
    definition: StudyDefinition


def gather(
    store: Store,
    definition: StudyDefinition,
    course: Course,
    planner: ResupplyPlanner,
    seed: int,
    tell: Callable[[int, str], None] = lambda done, words: None,
    roles: Collection[Role] = LOOKERS,
) -> Linted:
    """Carries the trial out and looks at it as everybody who is blinded. NothingToKeep for an open study."""
    if not arms_told_apart(definition) or definition.study.blinding == "open":
        raise NothingToKeep(definition.study.name)
    earlier = []

    def pause(instant: str, now: datetime) -> None:
        earlier.append(_seen(store, Moment(_only_study(store), definition, now, instant), planner, roles)[0])

    with seeded(store, seed):
        played = play(store, definition, course, planner, tell, pause)
        linted = look_at(store, played, planner, roles)
    for looking in earlier:
        linted.looking.material.join(looking.material)
        linted.looking.faults += looking.faults
    return linted


def _only_study(store: Store) -> NamedStudy:
    with store.reading() as connection:
        (study,) = every_study(connection)
    return study


def look_at(store: Store, played: Played, planner: ResupplyPlanner, roles: Collection[Role] = LOOKERS) -> Linted:
    """What everybody of these roles gets of a trial at its end, and what was written to them."""
    study = NamedStudy(played.study_id, played.definition.study.protocol, Mode.TRAINING)
    moment = Moment(study, played.definition, played.now, "", played.sites)
    return Linted(*_seen(store, moment, planner, roles), played.definition)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a trial is looked at: at an `instant` on its way by lists alone, at its end by every single page."""

    study: NamedStudy
    definition: StudyDefinition
    now: datetime
    instant: str
    sites: Sequence[str] = ()


def _seen(store: Store, moment: Moment, planner: ResupplyPlanner, roles: Collection[Role]) -> tuple[Looking, Truth]:
    with store.reading() as connection:
        truth = Truth.of(true_arms(connection, moment.study.id), true_contents(connection, moment.study.id))
        sent = [one.number for one in consignments(connection, moment.study.id)]
    sites = moment.sites or sorted({one.site for one in truth.arms.values()})
    numbers = _numbers(moment, sites, truth, sent)
    place = Place(store, moment.study, sites, moment.now, f"looks.{moment.instant}" if moment.instant else "looks")
    lookers = hire(place, roles, SETTINGS.cookie_name(SESSION))
    clock = _clock(moment.now)
    app = create_app(store, lambda: next(clock), SETTINGS, planner)
    routes = [route.path for route in app.routes if "GET" in getattr(route, "methods", ())]
    with Caller(app) as caller:
        looking = look(caller, lookers, routes, numbers, truth, moment.instant)
    if not moment.instant:
        looking.letters = read_letters(looking.material, place, lookers, truth)
    return looking, truth


def _numbers(moment: Moment, sites: Sequence[str], truth: Truth, sent: Sequence[str]) -> Numbers:
    single = not moment.instant
    return Numbers(
        study_id=moment.study.id,
        subjects=sorted(truth.arms) if single else (),
        kits=_looked_at(truth) if single else (),
        shipments=sent[:: max(len(sent) // PAGES_OF_PARCELS, 1)] if single else (),
        sites=sites,
        depots=[depot.code for depot in moment.definition.depots],
        groups=[group.code for group in moment.definition.blinding_groups],
    )


def _clock(now: datetime) -> Iterator[datetime]:
    """Time goes on a little with every request, so that nobody asks too often."""
    while True:
        now += BETWEEN_REQUESTS
        yield now


def _looked_at(truth: Truth) -> Sequence[str]:
    """Some of the kits that may be judged, spread over all of them."""
    kits = [*_one_kit_each(truth)]
    return kits[:: max(len(kits) // PAGES_OF_KITS, 1)]


def _one_kit_each(truth: Truth) -> Iterator[str]:
    """Kits that were given to nobody, and of each subject's kits one: those of one subject hold the same."""
    given: set[str] = set()
    for number, one in truth.contents.items():
        if not one.subject:
            yield number
        elif one.subject not in given:
            given.add(one.subject)
            yield number


def verdicts(
    linted: Linted, seed: int, material: Material | None = None, among: Mapping[str, int] | None = None
) -> dict[str, Judged]:
    """The adversary on subjects and on kits; of more than two arms each against the others, the worst is told.

    `among`: how many tests were made besides those of this `material`.
    """
    seen, more = material or linted.looking.material, among or {}
    return {
        "subjects": _worst(seen.subjects, _arms_of(linted), seed, more.get("subjects", 0)),
        "kits": _worst(seen.kits, _types_of(linted, seen), seed, more.get("kits", 0)),
    }


def _arms_of(linted: Linted) -> dict[str, tuple[int, str]]:
    place = arms_told_apart(linted.definition)
    return {n: (place[one.arm], one.site) for n, one in linted.truth.arms.items() if one.arm in place}


def _types_of(linted: Linted, seen: Material) -> dict[str, tuple[int, str]]:
    place = types_told_apart(linted.truth.contents)
    contents = linted.truth.contents
    known = (number for number in _one_kit_each(linted.truth) if number in seen.kits)
    return {
        number: (place[contents[number].kit_type], _site(contents[number], linted))
        for number in known
        if contents[number].kit_type in place
    }


def _site(kit: TrueContent, linted: Linted) -> str:
    """Where a kit is, or of which site its subject is: kits of one site came in the same parcels."""
    return linted.truth.arms[kit.subject].site if kit.subject in linted.truth.arms else kit.place


def _worst(seen: Seen, true: Mapping[str, tuple[int, str]], seed: int, among: int) -> Judged:
    places = sorted({place for place, _ in true.values()})
    against = places[:1] if len(places) <= 2 else places
    judged = [
        judge(seen, {unit: Known(place == one, site) for unit, (place, site) in true.items()}, seed, among)
        for one in against or [0]
    ]
    order = [Verdict.PASS, Verdict.NOT_ENOUGH, Verdict.FAIL]
    return max(judged, key=lambda each: (order.index(each.verdict), each.upper))


def record(linted: Linted, found: Mapping[str, Judged]) -> dict[str, Any]:
    """The report as JSON has it."""
    verdicts_found = [each.verdict for each in found.values()]
    worst = next((v for v in (Verdict.FAIL, Verdict.NOT_ENOUGH) if v in verdicts_found), Verdict.PASS)
    looking = linted.looking
    return {
        "verdict": str(worst),
        "answers": looking.material.answers,
        "letters": looking.letters,
        "instants": [*INSTANTS, "end"],
        "pages": {route: sorted(set(roles)) for route, roles in sorted(looking.reached.items())},
        "not_looked_at": looking.unfilled,
        "faults": looking.faults,
        **{name: each.told() for name, each in found.items()},
    }
