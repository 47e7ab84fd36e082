"""A pack for an outage: the next kits of each subject who is expected are set apart, and every code gets a seal.

Kits are chosen by the rules of every dispensing, for the last day of the pack. All subjects expected get theirs or
nobody does: a pack that named those without kits would tell who is treated alike.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.reads.blinded_visits import anchors, open_visits, recorded_visits
from irt.reads.candidates import candidates_at
from irt.services.assign_kits import arm_of, lock_stock
from irt.services.kit_chance import chance_for
from irt.services.move_kits import HeldKit, move_kits
from irt.services.outage_packs import LockedPack, audit_pack, earlier_pack
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.subjects import LockedSubject, lock_subject
from irt.services.supply_study import lock_row, site_numbered
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.outage import PackStatus
from irt.states.subject import ON_STUDY_TREATMENT, SubjectStatus
from irt.study.blinded import blinded_study
from irt.study.dispensing_schedule import NoDispensingRule, WeightMissing, kits_due
from irt.study.schedule import PlannedVisit, treatment_days
from irt.supply.dispensing_window import dispensing_windows
from irt.supply.kit_selection import Candidate, NoUsableKit, choose_kits
from irt.tables.columns import table_of
from irt.tables.outage import OutageKit, OutagePack, OutageSeal
from irt.tables.subject import Randomization, Subject

VALID_DAYS_MAX = 31


class IssuePack(SQLModel):
    """The site, and for how many days from today its pack holds: who is expected then gets kits set apart."""

    study_id: int
    site: str
    days: int = Field(default=14, ge=1, le=VALID_DAYS_MAX)
    signing: Signing = Field(exclude=True)


class PackIssued(SQLModel):
    """The pack, with how many subjects, kits and seals it holds."""

    number: str
    site: str
    valid_until: date
    subjects: int
    kits: int
    seals: int


class NotEnoughForPack(Refusal):
    """Kits are missing for somebody; for whom is not said."""

    tells_supply = True

    def __init__(self, of: NoUsableKit) -> None:
        super().__init__(
            "Kits cannot be set apart for every subject who is expected. Nothing was booked. Choose fewer days, or "
            "order kits first. Supply has been told.",
            of.trace,
        )
        self.candidates = of.candidates


class _Expected(NamedTuple):
    subject: LockedSubject
    visit: PlannedVisit


_SUBJECTS, _PACKS, _DRAWN = table_of(Subject), table_of(OutagePack), table_of(Randomization)
_TREATED = (
    select(_SUBJECTS.c.number)
    .where(
        _SUBJECTS.c.site_id == bindparam("site_id"),
        _SUBJECTS.c.status.in_(sorted({*ON_STUDY_TREATMENT, SubjectStatus.RUN_IN})),
    )
    .order_by(_SUBJECTS.c.id)
)
_SO_FAR = select(func.count().label("n")).where(_PACKS.c.study_id == bindparam("study_id"))
_CODES = (
    select(_DRAWN.c.id, _DRAWN.c.subject_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _DRAWN.c.subject_id)
    .where(_DRAWN.c.site_id == bindparam("site_id"))
    # By the subject's number: a seal's place says nothing that the subject's own number does not.
    .order_by(_SUBJECTS.c.number, _DRAWN.c.stage)
)


def issue_pack(work: Work, ask: IssuePack) -> PackIssued:
    """Signs and issues a pack. Its kits are nobody else's until it is closed."""
    site = site_numbered(work, ask.study_id, ask.site)
    grant = work.actor.require(Permission.DISPENSE, ask.study_id, site.id)
    subjects = [
        lock_subject(work, ask.study_id, row["number"], Permission.DISPENSE)
        for row in work.rows(_TREATED, site_id=site.id)
    ]
    lock_row(work, ask.study_id)
    replaced = earlier_pack(work, site.id)
    number = f"K-{int(work.one('study', _SO_FAR, study_id=ask.study_id)['n']) + 1:04d}"
    if not subjects:
        raise BadInput("No subject of this site is on treatment, so a pack would hold nothing. Nothing was booked.")
    facts = subjects[0].site
    facts.require_active()
    valid_until = facts.today(work.at) + timedelta(days=ask.days)
    content = {"site": site.number, "valid_until": valid_until.isoformat()}
    signable = Signable(Meaning.ISSUE_PACK, "outage pack", number, content, ask.study_id, site.id, site.zone)
    pack_id = work.record(
        OutagePack,
        **subjects[0].owner,
        site_id=site.id,
        number=number,
        valid_until=valid_until,
        version_number=facts.version_number,
        replaces_id=replaced,
        signature_id=sign_record(work, ask.signing, signable, grant),
        at=work.at,
        account_id=work.actor.account_id,
    )
    expected = list(_expected(work, subjects, valid_until))
    lock_stock(work, subjects[0])
    kits = sum(_set_apart(work, one, pack_id, number, valid_until) for one in expected)
    seals = _seal(work, pack_id, subjects[0], site.id)
    pack = LockedPack(
        *(pack_id, number, site.sponsor_id, ask.study_id, site.id, site.number, site.zone),
        *(PackStatus.ISSUED, valid_until, facts.version_number, work.at),
    )
    issued = PackIssued(
        number=number,
        site=site.number,
        valid_until=valid_until,
        subjects=len(expected),
        kits=kits,
        seals=seals,
    )
    audit_pack(work, pack, "outage_pack_issued", new=issued.model_dump(mode="json"))
    return issued


def _expected(work: Work, subjects: list[LockedSubject], until: date) -> Iterator[_Expected]:
    """The next dispensing visit of each subject whose window is open within the pack's days."""
    recorded = recorded_visits(work.connection, [subject.id for subject in subjects])
    for subject in subjects:
        study, today = blinded_study(subject.definition), subject.site.today(work.at)
        dates = anchors(subject.screened_on, subject.randomized_on)
        longest = max((visit.window_before_days for visit in study.visits), default=0)
        planned = open_visits(study, dates, recorded.get(subject.id, {}), until + timedelta(days=longest))
        ahead = (visit for visit in planned if visit.window_to >= today and visit.window_from <= until)
        first = next(ahead, None)
        if first is not None and not subject.definition.goes_home(first.code):
            yield _Expected(subject, first)


def _set_apart(work: Work, of: _Expected, pack_id: int, number: str, until: date) -> int:
    """Sets the kits of one visit apart; none where their number follows from a weight that is not known yet."""
    subject, visit = of
    definition, site = subject.definition, subject.site
    try:
        needs = kits_due(definition, arm_of(work, subject.id), subject.dose_level, visit.code)
    except (WeightMissing, NoDispensingRule):
        return 0
    kit_types = {need.kit_type for need in needs}
    found = candidates_at(
        work.connection, subject.study_id, site.id, site.country, site.label_group, kit_types, lock=True
    )
    windows = dispensing_windows(
        definition, site.country, kit_types, treatment_days(definition, visit.code, visit.occurrence)
    )
    chance = chance_for(work, subject, f"{number}|{visit.code}|{visit.occurrence}")
    try:
        chosen = choose_kits(found, needs, until, windows, chance).chosen
    except NoUsableKit as refusal:
        raise NotEnoughForPack(refusal).concerning(site.about("outage_pack", subject.study_id)) from None
    _book(work, of, pack_id, number, chosen)
    return len(chosen)


def _book(work: Work, of: _Expected, pack_id: int, number: str, chosen: tuple[Candidate, ...]) -> None:
    subject, visit = of
    kits = [HeldKit(c.id, c.number, c.state, subject.site.id, subject.sponsor_id, subject.study_id) for c in chosen]
    move_kits(work, kits, KitEvent.PREALLOCATE, subject_id=subject.id, reason=f"set apart by pack {number}")
    facts = {"pack_id": pack_id, "subject_id": subject.id, "expected_on": visit.planned}
    visited = {"visit_code": visit.code, "occurrence": visit.occurrence}
    work.record_all(OutageKit, ({**subject.owner, **facts, **visited, "kit_id": kit.id} for kit in kits))


def _seal(work: Work, pack_id: int, subject: LockedSubject, site_id: int) -> int:
    """Numbers a seal for every code of the site; how many."""
    codes = work.rows(_CODES, site_id=site_id)
    work.record_all(
        OutageSeal,
        (
            {
                **subject.owner,
                "pack_id": pack_id,
                "number": number,
                "subject_id": row["subject_id"],
                "randomization_id": row["id"],
            }
            for number, row in enumerate(codes, start=1)
        ),
    )
    return len(codes)
