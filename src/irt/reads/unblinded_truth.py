"""Who got what and what is in which kit, by numbers that everybody sees: the answer to a guess at treatments."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Dispensing, Kit
from irt.tables.secret import KitContent, TreatmentAssignment
from irt.tables.study import Site
from irt.tables.subject import Randomization, Subject


class TrueArm(NamedTuple):
    """A randomized subject, its site and its arm."""

    subject: str
    site: str
    arm: str


class TrueContent(NamedTuple):
    """A kit, how it looks, what is in it, the subject it was assigned to (empty: nobody), and where it lies."""

    number: str
    blinding_group: str
    kit_type: str
    subject: str
    place: str


_RANDOMIZATIONS, _TREATMENTS, _SUBJECTS = table_of(Randomization), table_of(TreatmentAssignment), table_of(Subject)
_SITES, _KITS, _CONTENTS = table_of(Site), table_of(Kit), table_of(KitContent)
_DISPENSINGS, _DISPENSED = table_of(Dispensing), table_of(DispensedKit)
_ARMS = (
    select(_SUBJECTS.c.number, _SITES.c.number.label("site"), _TREATMENTS.c.arm)
    .select_from(_RANDOMIZATIONS)
    .join(_TREATMENTS, _TREATMENTS.c.randomization_id == _RANDOMIZATIONS.c.id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _RANDOMIZATIONS.c.subject_id)
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .where(_RANDOMIZATIONS.c.study_id == bindparam("study_id"))
    .order_by(_RANDOMIZATIONS.c.id)
)
_WHAT = (
    select(
        _KITS.c.id,
        _KITS.c.number,
        _KITS.c.blinding_group,
        _CONTENTS.c.kit_type,
        func.coalesce(_SITES.c.number, _KITS.c.custody).label("place"),
    )
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .outerjoin(_SITES, (_SITES.c.id == _KITS.c.place_id) & (_KITS.c.custody == Custody.SITE))
    .where(_KITS.c.study_id == bindparam("study_id"))
    .order_by(_KITS.c.number)
)
_WHOSE = (
    select(_DISPENSED.c.kit_id, _SUBJECTS.c.number)
    .join(_DISPENSINGS, _DISPENSINGS.c.id == _DISPENSED.c.dispensing_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _DISPENSINGS.c.subject_id)
    .where(_DISPENSINGS.c.study_id == bindparam("study_id"))
    .order_by(_DISPENSED.c.id)
)


def true_arms(connection: Connection, study_id: int) -> list[TrueArm]:
    """Every randomized subject, in order; of somebody randomized twice each draw."""
    return [TrueArm(*row) for row in connection.execute(_ARMS, {"study_id": study_id})]


def true_contents(connection: Connection, study_id: int) -> list[TrueContent]:
    """Every kit of the study by number."""
    asked = {"study_id": study_id}
    whose = {kit: str(subject) for kit, subject in connection.execute(_WHOSE, asked)}
    return [
        TrueContent(row.number, row.blinding_group, row.kit_type, whose.get(row.id, ""), str(row.place))
        for row in connection.execute(_WHAT, asked)
    ]
