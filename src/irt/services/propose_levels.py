"""Min and max of a kit type, changed by a new row from a day on; the lowest level that names the type wins."""

from datetime import date

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed
from irt.services.audit_draft import AuditDraft
from irt.services.site_kits import need_reason
from irt.services.supply_study import SupplyStudy, lock_study, site_numbered
from irt.services.work import Work
from irt.tables.secret import ResupplySetting


class SetResupply(SQLModel):
    """The levels of one kit type for the study, or for one country or one site, from a day on."""

    study_id: int
    kit_type: str
    minimum: int = Field(ge=0)
    maximum: int = Field(ge=1)
    country: str | None = None
    site: str | None = None
    effective_from: date
    reason: str


class ResupplySet(SQLModel):
    """From when the new levels hold, and where."""

    scope: str
    effective_from: date


def set_resupply(work: Work, ask: SetResupply) -> ResupplySet:
    """Appends a setting; in a blinded study only people who may know kit types can do so."""
    work.actor.require(Permission.RUN_RESUPPLY, ask.study_id)
    study = lock_study(work, ask.study_id)
    reason = need_reason(ask.reason)
    if study.definition.blinded and not work.actor.unblinded_in(study.id):
        raise NotAllowed("Stock levels of this study are set by the unblinded supply team.")
    _check(study, ask)
    site = site_numbered(work, study.id, ask.site) if ask.site else None
    levels = {"kit_type": ask.kit_type, "minimum": ask.minimum, "maximum": ask.maximum}
    work.record(
        ResupplySetting,
        **study.owner,
        **levels,
        country=ask.country,
        site_id=site.id if site else None,
        effective_from=ask.effective_from,
    )
    scope = ask.site or ask.country or "study"
    work.audit(
        AuditDraft(
            act="resupply_set",
            record_kind="resupply_setting",
            record=scope,
            study_id=study.id,
            site_id=site.id if site else None,
            zone=site.zone if site else "UTC",
            new={"scope": scope, "effective_from": ask.effective_from.isoformat()},
            reason=reason,
            secret=levels,
        )
    )
    return ResupplySet(scope=scope, effective_from=ask.effective_from)


def _check(study: SupplyStudy, ask: SetResupply) -> None:
    if ask.country and ask.site:
        raise BadInput("Name a country or a site, not both. Nothing was changed.")
    if ask.maximum < ask.minimum:
        raise BadInput("The maximum lies below the minimum. Nothing was changed.")
    if ask.kit_type not in {kit_type.code for kit_type in study.definition.kit_types}:
        raise BadInput(f"{ask.kit_type} is not a kit type of this study. Nothing was changed.")
    if ask.country and ask.country not in {country.code for country in study.definition.countries}:
        raise BadInput(f"{ask.country} is not a country of this study. Nothing was changed.")
