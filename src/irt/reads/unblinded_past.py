"""The time machine for who may know treatments: what one person could see of them at an instant.

Roles are found as the blinded machine finds them. Lists and allocations carry the moment they came into being;
what lay where is told by movements recorded by then, and what is inside a kit never changes. What somebody learned
of one subject is told apart, whatever their role.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, literal, select, union_all

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import PERMISSIONS, SEES, DataClass, Permission
from irt.blinding.views import UnblindedView
from irt.errors import NotAllowed
from irt.reads.blinded_past import RECORDS_MAX, PastRole, person_then, roles_told, sites_by_id
from irt.reads.unblinded_definition import definition_in_force
from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.kit import Kit, Movement
from irt.tables.secret import (
    KitContent,
    ListEntry,
    ManufacturingLot,
    RandomizationList,
    SafetyCase,
    TreatmentAssignment,
    TreatmentLook,
    UnblindedList,
)
from irt.tables.study import Depot
from irt.tables.subject import CodeBreak, Randomization, Subject

_P, _D = Permission, DataClass


@dataclass(frozen=True)
class PastSecret(UnblindedView):
    """One thing that told a treatment: a list, a subject's arm, a kit and what is inside, a lot."""

    record: str
    where: str
    what: str
    since: datetime


@dataclass(frozen=True)
class PastSecrets(UnblindedView):
    """What of one kind was visible; `sums`: how many of each treatment or kit type."""

    kind: str
    rebuilt_from: str
    total: int
    sums: tuple[tuple[str, int], ...]
    records: tuple[PastSecret, ...]


@dataclass(frozen=True)
class PastTreatments(UnblindedView):
    """One person at one instant, with what they could see of treatments."""

    study_id: int
    protocol: str
    at: datetime
    username: str
    printed_name: str
    account: str
    roles: tuple[PastRole, ...]
    kinds: tuple[PastSecrets, ...]


_LISTS, _ENTRIES = table_of(RandomizationList), table_of(ListEntry)
_R, _ARMS, _SUBJECTS = table_of(Randomization), table_of(TreatmentAssignment), table_of(Subject)
_MOVES, _KITS, _INSIDE, _MADE = (table_of(each) for each in (Movement, Kit, KitContent, ManufacturingLot))
_DEPOTS, _BREAKS, _CASES = table_of(Depot), table_of(CodeBreak), table_of(SafetyCase)
_LOOKS, _TAKEN = table_of(TreatmentLook), table_of(UnblindedList)
_LOADED = (
    select(_LISTS.c.number, _LISTS.c.origin, _LISTS.c.sha256, _LISTS.c.at, func.count(_ENTRIES.c.id).label("held"))
    .join(_ENTRIES, _ENTRIES.c.list_id == _LISTS.c.id)
    .where(_LISTS.c.study_id == bindparam("study_id"), _LISTS.c.at <= bindparam("at"))
    .group_by(_LISTS.c.id, _LISTS.c.number, _LISTS.c.origin, _LISTS.c.sha256, _LISTS.c.at)
    .order_by(_LISTS.c.number)
)
_DRAWN = (
    select(_SUBJECTS.c.id, _SUBJECTS.c.number, _R.c.site_id, _R.c.stage, _R.c.at, _ARMS.c.arm)
    .join(_R, _R.c.subject_id == _SUBJECTS.c.id)
    .join(_ARMS, _ARMS.c.randomization_id == _R.c.id)
    .where(_R.c.study_id == bindparam("study_id"), _R.c.at <= bindparam("at"))
    .order_by(_SUBJECTS.c.number, _R.c.stage)
)
_LAST = (
    select(func.max(_MOVES.c.id).label("id"))
    .where(_MOVES.c.study_id == bindparam("study_id"), _MOVES.c.recorded_at <= bindparam("at"))
    .group_by(_MOVES.c.kit_id)
    .subquery()
)
_LAY = (
    select(_MOVES.c.custody, _MOVES.c.place_id, _MOVES.c.recorded_at, _KITS.c.number, _INSIDE.c.kit_type)
    .join(_LAST, _LAST.c.id == _MOVES.c.id)
    .join(_KITS, _KITS.c.id == _MOVES.c.kit_id)
    .join(_INSIDE, _INSIDE.c.kit_id == _KITS.c.id)
    .where(_MOVES.c.custody.in_((Custody.SITE, Custody.DEPOT)))
)
_LOTS = (
    select(_MADE.c.number, _MADE.c.kit_type, func.min(_MOVES.c.recorded_at).label("at"))
    .join(_INSIDE, _INSIDE.c.manufacturing_lot_id == _MADE.c.id)
    .join(_MOVES, _MOVES.c.kit_id == _INSIDE.c.kit_id)
    .where(_MADE.c.study_id == bindparam("study_id"), _MOVES.c.recorded_at <= bindparam("at"))
    .group_by(_MADE.c.number, _MADE.c.kit_type)
    .order_by(_MADE.c.number)
)
_WHO: tuple[BindParameter[Any], ...] = (bindparam("account_id"), bindparam("at"), bindparam("study_id"))
_LEARNED = union_all(
    *(
        select(table.c.subject_id, table.c.at, literal(how).label("how")).where(
            table.c.account_id == _WHO[0], table.c.at <= _WHO[1], table.c.study_id == _WHO[2], also
        )
        for table, how, also in (
            (_BREAKS, "broke the code", _BREAKS.c.id > 0),
            (_CASES, "assessed the case, unblinded", _CASES.c.unblinded),
            (_LOOKS, "looked as a pharmacist", _LOOKS.c.subject_id.is_not(None)),
        )
    )
)
_FILES = select(_TAKEN.c.file_name, _TAKEN.c.subjects, _TAKEN.c.at).where(
    _TAKEN.c.account_id == _WHO[0], _TAKEN.c.at <= _WHO[1], _TAKEN.c.study_id == _WHO[2]
)


def past_treatments(
    connection: Connection, reader: Actor, study_id: int, username: str, at: datetime
) -> PastTreatments:
    """What the person could see of treatments then, for who sees all of them now and reads the whole history.

    NotAllowed for anybody else, NotFound for a stranger to the study.
    """
    require_reader(reader, study_id)
    found = person_then(connection, study_id, username, at)
    past = _Past(connection, study_id, at, found.actor)
    return PastTreatments(
        study_id=study_id,
        protocol=found.study["protocol"],
        at=at,
        username=username,
        printed_name=found.person["printed_name"],
        account=found.account,
        roles=roles_told(found),
        kinds=tuple(past.kinds()),
    )


def require_reader(reader: Actor, study_id: int) -> None:
    """NotAllowed unless the reader sees every list of the study, and the history of the whole of it."""
    reader.require(_P.VIEW_RANDOMIZATION, study_id)
    reader.require(_P.VIEW_AUDIT, study_id)
    if not reader.sees(_D.LISTS, _P.VIEW_RANDOMIZATION, study_id):
        raise NotAllowed("Your role cannot see this. Ask the study coordinator.")


class _Past:
    """One person's treatments at one instant."""

    def __init__(self, connection: Connection, study_id: int, at: datetime, then: Actor) -> None:
        self.connection, self.study_id, self.at, self.then = connection, study_id, at, then
        self.sites = sites_by_id(connection, study_id)
        definition = definition_in_force(connection, study_id)
        self.arms = {arm.code: arm.name for arm in definition.arms}
        self.types = {kit_type.code: kit_type.name for kit_type in definition.kit_types}

    def kinds(self) -> Iterator[PastSecrets]:
        """Each kind that a role showed, and what was learned one by one."""
        if self._grants(_P.VIEW_RANDOMIZATION, _D.LISTS):
            yield _told("Randomization lists", "the moment each was loaded", [*self._lists()], sums=False)
        if reach := self._reach(self._shows_arms()):
            yield _told("Treatments of subjects", "randomizations by then", [*self._subjects(reach)])
        depots = bool(self._grants(_P.VIEW_SUPPLY, _D.SUPPLY_BY_TYPE))
        known = (*self._grants(_P.VIEW_STOCK, _D.SUPPLY_BY_TYPE), *self._grants(_P.VIEW_STOCK, _D.ARM))
        if (reach := self._reach(known)) or depots:
            yield _told("What kits hold", "movements of kits recorded by then", [*self._kits(reach, depots)])
        if depots or self._grants(_P.RELEASE_LOT, _D.SUPPLY_BY_TYPE):
            yield _told("What lots hold", "the first movement of a kit of each", [*self._lots()])
        if learned := [*self._learned(), *self._taken()]:
            yield _told("Learned one by one", "code breaks, cases, looks and lists taken by then", learned)

    def _grants(self, permission: Permission, data: DataClass) -> tuple[Grant, ...]:
        grants = self.then.grants
        return tuple(one for one in grants if permission in PERMISSIONS[one.role] and data in SEES[one.role])

    def _shows_arms(self) -> tuple[Grant, ...]:
        """Roles that show every arm of their place; who has to break a code sees what they broke alone."""
        one_by_one = self._grants(_P.VIEW_SUBJECTS, _D.ARM)
        standing = tuple(grant for grant in one_by_one if _P.BREAK_CODE not in PERMISSIONS[grant.role])
        return (*self._grants(_P.VIEW_RANDOMIZATION, _D.LISTS), *standing)

    def _reach(self, grants: tuple[Grant, ...]) -> dict[int, str]:
        places = {grant.site_id for grant in grants}
        return {key: name for key, name in self.sites.items() if None in places or key in places}

    def _asked(self) -> dict[str, object]:
        return {"study_id": self.study_id, "at": self.at, "account_id": self.then.account_id}

    def _lists(self) -> Iterator[PastSecret]:
        for row in self.connection.execute(_LOADED, self._asked()):
            said = f"{row.origin}, {row.held} positions, SHA-256 {row.sha256}"
            yield PastSecret(f"List {row.number}", "study", said, row.at)

    def _subjects(self, reach: dict[int, str]) -> Iterator[PastSecret]:
        for row in self.connection.execute(_DRAWN, self._asked()):
            if row.site_id in reach:
                stage = f", stage {row.stage}" if row.stage > 1 else ""
                where = f"site {reach[row.site_id]}{stage}"
                yield PastSecret(row.number, where, self.arms.get(row.arm, row.arm), row.at)

    def _kits(self, reach: dict[int, str], depots: bool) -> Iterator[PastSecret]:
        rows = self.connection.execute(select(_DEPOTS.c.id, _DEPOTS.c.code))
        stores = {row.id: row.code for row in rows} if depots else {}
        for row in self.connection.execute(_LAY, self._asked()):
            at_site = row.custody == Custody.SITE
            place = (reach if at_site else stores).get(row.place_id)
            if place is not None:
                where = f"{'site' if at_site else 'depot'} {place}"
                yield PastSecret(row.number, where, self.types.get(row.kit_type, row.kit_type), row.recorded_at)

    def _lots(self) -> Iterator[PastSecret]:
        for row in self.connection.execute(_LOTS, self._asked()):
            yield PastSecret(row.number, "study", self.types.get(row.kit_type, row.kit_type), row.at)

    def _learned(self) -> Iterator[PastSecret]:
        """Subjects whose treatment was told to this person, with how; a later stage is told by itself."""
        drawn = [*self.connection.execute(_DRAWN, self._asked())]
        for learned in self.connection.execute(_LEARNED, self._asked()):
            for row in drawn:
                if row.id == learned.subject_id and row.at <= learned.at:
                    yield PastSecret(row.number, learned.how, self.arms.get(row.arm, row.arm), learned.at)

    def _taken(self) -> Iterator[PastSecret]:
        drawn = [*self.connection.execute(_DRAWN, self._asked())]
        for taken in self.connection.execute(_FILES, self._asked()):
            for row in drawn:
                if row.number in taken.subjects and row.at <= taken.at:
                    arm = self.arms.get(row.arm, row.arm)
                    yield PastSecret(row.number, f"took {taken.file_name}", arm, taken.at)


def _told(kind: str, source: str, found: list[PastSecret], *, sums: bool = True) -> PastSecrets:
    found.sort(key=lambda one: (one.where, one.record))
    counted = sorted(Counter(one.what for one in found).items()) if sums else ()
    return PastSecrets(kind, source, len(found), tuple(counted), tuple(found[:RECORDS_MAX]))
