"""Orders by hand: kits by type for those who may know types, whole sets of a blinding group for everybody else."""

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.apply_change import require_may_set_levels
from irt.services.send_kits import SendKits, Sent, send_kits
from irt.services.site_kits import need_reason
from irt.services.supply_study import lock_study, site_numbered
from irt.services.work import Work
from irt.study.definition import StudyDefinition
from irt.study.virtual_block import virtual_block

SETS_MAX = 20


class OrderKits(SQLModel):
    """Kits by type for a site; an emergency is told to the depot as such."""

    study_id: int
    site: str
    kits: dict[str, int]
    emergency: bool = False
    reason: str


class OrderSets(SQLModel):
    """Whole sets of a blinding group for a site. What is in a set is the study's, and always the same."""

    study_id: int
    site: str
    blinding_group: str
    sets: int = Field(default=1, ge=1, le=SETS_MAX)
    emergency: bool = False
    reason: str


class KitsOrdered(SQLModel):
    """The shipments; `waits` where the supply manager has to approve them."""

    site: str
    shipments: list[str]
    kits: int
    waits: bool = False


def order_kits(work: Work, ask: OrderKits) -> KitsOrdered:
    """Sends what the depot has of it; only people who may know kit types do so."""
    study = lock_study(work, ask.study_id)
    require_may_set_levels(work, study)
    known = {kit_type.code for kit_type in study.definition.kit_types}
    if not ask.kits or not known.issuperset(ask.kits) or any(kits < 1 for kits in ask.kits.values()):
        raise BadInput("Name kit types of this study and at least one kit of each. Nothing was booked.")
    order = SendKits(ask.site, ask.kits, _raised_by(ask.emergency), need_reason(ask.reason))
    return _ordered(ask.site, send_kits(work, study, order))


def order_sets(work: Work, ask: OrderSets) -> KitsOrdered:
    """Sends whole sets or nothing; an order of a site waits for the supply manager."""
    study = lock_study(work, ask.study_id)
    site = site_numbered(work, study.id, ask.site)
    work.actor.require(Permission.ORDER_SETS, study.id, site.id)
    waits = work.actor.grant_for(Permission.APPROVE_SHIPMENT, study.id, None) is None
    kits = set_of(study.definition, ask.blinding_group)
    if not kits:
        raise BadInput("Name a blinding group of this study. Nothing was booked.")
    order = SendKits(
        site=ask.site,
        kits={kit_type: quantity * ask.sets for kit_type, quantity in kits.items()},
        raised_by=_raised_by(ask.emergency),
        why=need_reason(ask.reason),
        whole=True,
        needs_approval=waits,
    )
    return _ordered(ask.site, send_kits(work, study, order), waits=waits)


def set_of(definition: StudyDefinition, blinding_group: str) -> dict[str, int]:
    """Kits by type of one set: a virtual block's first kits, one of each type that no first visit gives."""
    block = virtual_block(definition).first()
    types = [kit_type.code for kit_type in definition.kit_types if kit_type.blinding_group == blinding_group]
    return {code: block.get(code, 1) for code in types}


def _raised_by(emergency: bool) -> str:
    return "emergency" if emergency else "manual"


def _ordered(site: str, sent: Sent, *, waits: bool = False) -> KitsOrdered:
    return KitsOrdered(site=site, shipments=sent.shipments, kits=sum(sent.kits.values()), waits=waits)
