"""Operational qualification: a small study, scripted, through the services; each step with what was found."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from irt.blinding.code_break import ReasonCategory
from irt.blinding.roles import Role
from irt.enrolment.demo import Demo, run_demo
from irt.enrolment.prepare import Preparers, hired, preparers_of
from irt.enrolment.synthetic import Pace
from irt.enrolment.verify_allocations import VerifyAllocations, verify_allocations
from irt.errors import IntegrityFault, NotAllowed, Refusal
from irt.exports.odm import odm_files
from irt.exports.sdtm_files import sdtm_files
from irt.reads.audit_trail import verify_chains, whole_at_once
from irt.reads.blinded_study_data import study_data
from irt.reads.unblinded_study_data import treatments
from irt.services.break_code import BreakCode, break_code
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from irt.services.sign_record import Signing
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.study.definition import StudyDefinition
from irt.supply.planner import ResupplyPlanner
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Dispensing, Kit
from irt.tables.record import AuditEntry
from irt.tables.subject import Subject
from irt.validation.protocol import Step

SUBJECTS = 12
PACE = Pace(days=30, ended_days_ago=20, still_screening=0, first_site_share=None)
_DAYS_BEFORE = 400
_GIVEN, _DISPENSINGS, _KITS = table_of(DispensedKit), table_of(Dispensing), table_of(Kit)
_SUBJECTS, _AUDIT = table_of(Subject), table_of(AuditEntry)
_IN_HAND = ("waiting", "checked", "handed_over", "misallocated")


@dataclass
class Scripted:
    """The small study while it is qualified."""

    store: Store
    definition: StudyDefinition
    planner: ResupplyPlanner
    now: datetime
    who: Preparers | None = None
    study_id: int = 0
    asked: int = 0

    @property
    def people(self) -> Preparers:
        """Those who prepared the study; IntegrityFault where it was never prepared."""
        if self.who is None:
            raise IntegrityFault("the study could not be carried out, so nothing can be asked of it")
        return self.who

    def does(self, name: str, role: Role, service: Callable[..., Any], ask: Any, key: str = "") -> Any:
        """One use case by somebody hired for it."""
        self.asked += 1
        person = hired(self.store, self.people, self.now, f"{name} {self.asked}", role)
        return perform(self.store, person, self.now, service, ask, key or f"oq:{self.asked}")

    def subject(self, place: int = 0) -> str:
        """A randomized subject."""
        asked = (
            select(_SUBJECTS.c.number).where(_SUBJECTS.c.randomized_on.is_not(None)).order_by(_SUBJECTS.c.number)
        )
        with self.store.reading() as connection:
            return str(connection.execute(asked).scalars().all()[place])


def operational_steps(study: Scripted) -> tuple[Step, ...]:
    """The script, in order; later steps ask the study that the first one carries out."""
    told = (
        (
            "A study is loaded, approved by a second person, supplied and enrolled",
            "every check of the run holds",
            _run,
        ),
        ("Every allocation is derived again from the seed", "all come out the same", _rederive),
        ("A subject is randomized a second time", "refused; nothing is booked", _twice),
        ("Somebody without the right randomizes", "refused; the attempt is on record", _without_right),
        ("No kit is in two hands, and none was given after its date", "none", _kits),
        (
            "A code is broken in an emergency",
            "one subject's treatment is told; the blinded trail has no arm",
            _break,
        ),
        ("A signature with a wrong password", "refused; nothing is told", _wrong_password),
        ("An entry of the trail is changed behind the program's back", "the database refuses", _tamper),
        ("The audit trail is hashed again", "every chain holds", _trail),
        ("Blinded data is exported", "valid, the same twice, no arm or kit type in it", _export),
    )
    return tuple(
        Step(f"OQ-{number:02}", what, expected, lambda act=act: act(study))  # type: ignore[misc]  # bound as it is now
        for number, (what, expected, act) in enumerate(told, start=1)
    )


def _run(study: Scripted) -> tuple[bool, str]:
    study.who = preparers_of(study.store, study.now - timedelta(days=_DAYS_BEFORE))
    asked = Demo(study.definition, SUBJECTS, study.now, study.planner, sites=2, pace=PACE, left_open=False)
    study.study_id, sites, told = run_demo(study.store, asked, lambda done, words: None, study.who)
    failed = [name for name, held in told["checks"].items() if held is False]
    figures = f"{told['subjects']} subjects at {len(sites)} sites, {told['kits_dispensed']} kits"
    found = f"{figures}; {'; '.join(f'{name} {held}' for name, held in told['checks'].items())}"
    return not failed and told["subjects"] == SUBJECTS, found


def _rederive(study: Scripted) -> tuple[bool, str]:
    ask = VerifyAllocations(study_id=study.study_id)
    found = study.does("Statistician", Role.UNBLINDED_STATISTICIAN, verify_allocations, ask)
    return found.same == found.allocations > 0, f"{found.same} of {found.allocations} the same"


def _twice(study: Scripted) -> tuple[bool, str]:
    return _refused(study, "Coordinator", Role.COORDINATOR, randomize_subject, _randomizing(study))


def _without_right(study: Scripted) -> tuple[bool, str]:
    passed, found = _refused(study, "Monitor", Role.MONITOR, randomize_subject, _randomizing(study))
    return passed and NotAllowed.__name__ in found, found


def _randomizing(study: Scripted) -> RandomizeSubject:
    entered = {one.code: one.level_codes()[0] for one in study.definition.factors if one.source == "entered"}
    day = study.now.date()
    return RandomizeSubject(study_id=study.study_id, subject=study.subject(), levels=entered, on_day=day)


def _refused(study: Scripted, name: str, role: Role, service: Callable[..., Any], ask: Any) -> tuple[bool, str]:
    """Whether it is refused and books nothing but the refusal itself."""
    with study.store.reading() as connection:
        before = connection.execute(select(func.count()).select_from(_GIVEN)).scalar()
    try:
        study.does(name, role, service, ask)
    except Refusal as refusal:
        with study.store.reading() as connection:
            after = connection.execute(select(func.count()).select_from(_GIVEN)).scalar()
        return before == after, f"{type(refusal).__name__}: {refusal.sentence}"
    return False, "it was carried out"


def _kits(study: Scripted) -> tuple[bool, str]:
    held = (
        select(_GIVEN.c.kit_id, func.count().label("times"))
        .where(_GIVEN.c.status.in_(_IN_HAND))
        .group_by(_GIVEN.c.kit_id)
    )
    given = (
        select(_DISPENSINGS.c.ended_at, _KITS.c.expiry)
        .join(_GIVEN, _GIVEN.c.dispensing_id == _DISPENSINGS.c.id)
        .join(_KITS, _KITS.c.id == _GIVEN.c.kit_id)
        .where(_GIVEN.c.status == "handed_over")
    )
    with study.store.reading() as connection:
        twice = sum(row.times > 1 for row in connection.execute(held))
        rows = connection.execute(given).all()
    late = sum(row.ended_at is not None and row.ended_at.date() > row.expiry for row in rows)
    return not twice and not late and bool(
        rows
    ), f"{len(rows)} kits given; {twice} in two hands, {late} after their date"


def _break(study: Scripted) -> tuple[bool, str]:
    ask = _breaking(study, study.people.password)
    broken = study.does("Investigator", Role.INVESTIGATOR, break_code, ask)
    names = {arm.name for arm in study.definition.arms}
    with study.store.reading() as connection:
        last = connection.execute(select(_AUDIT).where(_AUDIT.c.act == "code_broken")).mappings().all()
    told = bool(broken.view and set(broken.view.arms) <= names)
    hidden = not any(name in str(dict(row)) for row in last for name in names)
    return told and hidden and len(
        last
    ) == 1, f"subject {broken.subject}, told to the one who asked; {len(last)} entry"


def _wrong_password(study: Scripted) -> tuple[bool, str]:
    ask = _breaking(study, SecretStr("not the password"), place=1)
    return _refused(study, "Investigator", Role.INVESTIGATOR, break_code, ask)


def _breaking(study: Scripted, password: SecretStr, place: int = 0) -> BreakCode:
    reason = next(iter(ReasonCategory))
    signing = Signing(password=password)
    return BreakCode(study_id=study.study_id, subject=study.subject(place), reason=reason, signing=signing)


def _tamper(study: Scripted) -> tuple[bool, str]:
    try:
        with study.store.writing() as connection:
            connection.execute(update(_AUDIT).where(_AUDIT.c.sequence == 1).values(act="nothing_done"))
    except DBAPIError as fault:
        return True, str(fault.orig).splitlines()[0]
    return False, "it was changed"


def _trail(study: Scripted) -> tuple[bool, str]:
    with study.store.reading() as connection:
        whole_at_once(connection)
        verdicts = verify_chains(connection)
    broken = [one for one in verdicts if one.fault is not None]
    return not broken, f"{sum(one.entries for one in verdicts)} entries in {len(verdicts)} chains"


def _export(study: Scripted) -> tuple[bool, str]:
    with study.store.reading() as connection:
        data, secret = study_data(connection, study.study_id), treatments(connection, study.study_id)
    files = (*sdtm_files(data, None, study.now), *odm_files(data, study.now))
    again = (*sdtm_files(data, None, study.now), *odm_files(data, study.now))
    same = [one.sha256 for one in files] == [one.sha256 for one in again]
    words = {name for _, name in secret.arms} | {one.kit_type for one in secret.contents.values()}
    telling = [one.name for one in files for word in words if f'"{word}"'.encode() in one.content]
    return (
        same and not telling,
        f"{len(files)} files, {sum(one.rows for one in files)} records; {telling or 'no arm'}",
    )
