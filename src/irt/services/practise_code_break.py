"""Practising a code break: the same page, the same password, nobody's treatment; or the practice seal of a pack.

A way out that nobody has walked is found shut at three in the morning (CS-07). So each site walks it before it
needs it.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from irt.audit.signature import Component, Meaning
from irt.blinding.code_break import PRACTICE_PREFIX, PRACTICE_TOLD, BrokenCode, ReasonCategory
from irt.blinding.roles import Permission
from irt.blinding.seals import practice_seal
from irt.errors import BadInput, NotFound
from irt.services.audit_draft import AuditDraft
from irt.services.break_code import sign_in_emergency
from irt.services.outage_packs import lock_pack, pack_key
from irt.services.sign_record import Signable, Signing
from irt.services.supply_study import SupplySite, site_numbered
from irt.services.work import Work
from irt.states.table import words
from irt.tables.unblinding import CodeBreakPractice


class PractiseCodeBreak(SQLModel):
    """The site, a category as in earnest, and the password; the code where it is at hand."""

    study_id: int
    site: str
    reason: ReasonCategory
    signing: Signing


class PractiseSeal(SQLModel):
    """The pack, and what its practice page says beside the word of its practice slip."""

    study_id: int
    pack: str
    read: str = Field(max_length=100)
    signing: Signing


class CodeBreakPractised(SQLModel):
    """A practice on record; `view` is what the page shows, as in earnest."""

    practice_id: int
    study_id: int
    site: str
    at: datetime
    second_factor: bool
    view: BrokenCode | None = Field(default=None, exclude=True)


def practise_code_break(work: Work, ask: PractiseCodeBreak) -> CodeBreakPractised:
    """Books that a person of the site found the way; also at one that is not open yet and has no subject."""
    site = _site(work, ask.study_id, ask.site)
    done = _book(work, ask.study_id, site, ask.signing, "page")
    told = BrokenCode(f"{PRACTICE_PREFIX}{site.number}", (PRACTICE_TOLD,), work.at, words(ask.reason), None)
    return done.model_copy(update={"view": told})


def practise_seal(work: Work, ask: PractiseSeal) -> CodeBreakPractised:
    """Books that the practice seal of a pack was opened and read rightly, without any machine."""
    pack, _ = lock_pack(work, ask.study_id, ask.pack, Permission.BREAK_CODE)
    if ask.read.strip().casefold() != practice_seal(pack_key(work, pack)).told.casefold():
        raise BadInput(
            "That is not what the practice page says beside this word. Nothing was booked. "
            "Find the word of the practice slip on the practice page, and type what stands beside it."
        )
    site = site_numbered(work, ask.study_id, pack.site)
    return _book(work, ask.study_id, site, ask.signing, "seal", pack_id=pack.id)


def _site(work: Work, study_id: int, number: str) -> SupplySite:
    """The site, if the person may break codes there; else it reads as unknown."""
    site = site_numbered(work, study_id, number)
    if work.actor.grant_for(Permission.BREAK_CODE, study_id, site.id) is None:
        raise NotFound(f"Site {number} is not a site of this study. Check the number.")
    return site


def _book(
    work: Work, study_id: int, site: SupplySite, signing: Signing, way: str, pack_id: int | None = None
) -> CodeBreakPractised:
    grant = work.actor.require(Permission.BREAK_CODE, study_id, site.id)
    content = {"site": site.number, "way": way, "at": work.at}
    signable = Signable(
        Meaning.PRACTISE_CODE_BREAK, "site", site.number, content, study_id, site_id=site.id, zone=site.zone
    )
    with_code = sign_in_emergency(work, signing, signable, grant) == Component.PASSWORD_AND_CODE
    practice_id = work.record(
        CodeBreakPractice,
        sponsor_id=site.sponsor_id,
        study_id=study_id,
        site_id=site.id,
        way=way,
        second_factor=with_code,
        pack_id=pack_id,
        at=work.at,
        account_id=work.actor.account_id,
    )
    work.audit(
        AuditDraft(
            act="code_break_practised",
            record_kind="site",
            record=site.number,
            study_id=study_id,
            site_id=site.id,
            zone=site.zone,
            new={"practice": practice_id, "way": way, "second_factor": with_code},
        )
    )
    return CodeBreakPractised(
        practice_id=practice_id, study_id=study_id, site=site.number, at=work.at, second_factor=with_code
    )
