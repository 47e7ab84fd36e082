"""The sealed pages of a pack and the words that open them, taken out to be printed by people of safety alone."""

from typing import Any, Literal

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.seals import OpeningSlip, PracticeSeal, SealedPage, page_of, practice_seal, words_of
from irt.errors import NotAllowed
from irt.services.outage_packs import LockedPack, audit_pack, lock_pack, pack_key
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.outage import OutageSeal
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import Subject


class TellOpeningWords(SQLModel):
    """The pack whose seals are to be printed, and which half: the pages, or the slips that open them."""

    study_id: int
    number: str
    half: Literal["pages", "slips"]
    signing: Signing = Field(exclude=True)


class OpeningWordsTold(SQLModel):
    """How many seals; the pages or slips themselves are told once and are in no record."""

    pack: str
    study_id: int
    site: str
    half: str
    seals: int
    pages: list[SealedPage] = Field(default=[], exclude=True)
    slips: list[OpeningSlip] = Field(default=[], exclude=True)
    practice: PracticeSeal | None = Field(default=None, exclude=True)


_SEALS, _SUBJECTS, _ASSIGNED = table_of(OutageSeal), table_of(Subject), table_of(TreatmentAssignment)
_CODES = (
    select(_SEALS.c.number, _SUBJECTS.c.number.label("subject"), _ASSIGNED.c.arm)
    .join(_SUBJECTS, _SUBJECTS.c.id == _SEALS.c.subject_id)
    .join(_ASSIGNED, _ASSIGNED.c.randomization_id == _SEALS.c.randomization_id)
    .where(_SEALS.c.pack_id == bindparam("pack_id"))
    .order_by(_SEALS.c.number)
)


def tell_opening_words(work: Work, ask: TellOpeningWords) -> OpeningWordsTold:
    """Gives one half to somebody who may break every code of the study; each time is signed and recorded."""
    pack, grant = lock_pack(work, ask.study_id, ask.number, Permission.BREAK_CODE)
    # At a site, who has the pages at hand would have the words too, and no seal would tell that it was opened.
    if grant.site_id is not None:
        raise NotAllowed("Opening words are printed by the safety desk, not at a site. Nothing was told. Call it.")
    codes = work.rows(_CODES, pack_id=pack.id)
    content = {"pack": pack.number, "half": ask.half, "seals": len(codes)}
    where: dict[str, Any] = {"study_id": pack.study_id, "site_id": pack.site_id}
    signable = Signable(Meaning.TELL_OPENING_WORDS, "outage pack", pack.number, content, **where, zone=pack.zone)
    signature_id = sign_record(work, ask.signing, signable, grant)
    names = _arms(work, pack)
    key = pack_key(work, pack)
    pages, slips = [], []
    for row in codes:
        words = words_of(key, row["number"], sorted({*names, *(one["arm"] for one in codes)}))
        pages.append(page_of(row["number"], row["subject"], words, names))
        slips.append(OpeningSlip(row["number"], row["subject"], words[row["arm"]]))
    told = {"half": ask.half, "seals": len(codes), "signature": signature_id}
    audit_pack(work, pack, "opening_words_told", new=told)
    return OpeningWordsTold(
        pack=pack.number,
        study_id=pack.study_id,
        site=pack.site,
        half=ask.half,
        seals=len(codes),
        pages=pages if ask.half == "pages" else [],
        slips=slips if ask.half == "slips" else [],
        practice=practice_seal(key),
    )


def _arms(work: Work, pack: LockedPack) -> dict[str, str]:
    """Every arm that any version up to the site's has had, by code: a page must not show which one is old."""
    return {
        arm.code: arm.name
        for version in range(1, pack.version_number + 1)
        for arm in definition_of(work, pack.study_id, version).arms
    }
