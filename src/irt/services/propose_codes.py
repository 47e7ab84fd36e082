"""What a depot calls a site, a depot, a product or a kit type in its own system: proposed, approved, dated."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.apply_change import require_may_set_levels
from irt.services.operational_changes import ChangeProposed, Proposal, put_forward
from irt.services.supply_study import SupplyStudy, depot_ids, lock_study, site_numbered
from irt.services.work import Work
from irt.study.operations import ChangeKind, CodeOf
from irt.tables.columns import table_of
from irt.tables.secret import VendorSku
from irt.tables.study import Depot
from irt.tables.vendor import VendorCode

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/+-]*$", max_length=64)]


class ProposeCode(SQLModel):
    """A depot's code of a site (by number), a depot or a product (a blinding group), and from which day."""

    study_id: int
    depot: str
    code_of: CodeOf
    record: str = Field(min_length=1, max_length=64)
    code: Code
    effective_from: date
    reason: str


class ProposeSku(SQLModel):
    """A depot's code of a kit type; for depots that may know kit types."""

    study_id: int
    depot: str
    kit_type: str = Field(min_length=1, max_length=64)
    code: Code
    effective_from: date
    reason: str


class CodeTaken(Refusal):
    """The depot calls something else so."""

    def __init__(self, code: str, record: str) -> None:
        super().__init__(
            f"The depot has the code {code} for {record} already. Nothing was proposed. A code is one thing."
        )


class BlindedDepot(Refusal):
    """A blinded depot is told no kit types, nor codes of them."""

    def __init__(self, depot: str) -> None:
        super().__init__(
            f"The depot {depot} works blinded, so it has no codes of kit types. Nothing was proposed. Give its "
            "products a code."
        )


_CODES, _SKUS, _DEPOTS = table_of(VendorCode), table_of(VendorSku), table_of(Depot)
_THEIRS = select(_CODES.c.record, _CODES.c.code).where(
    _CODES.c.depot_id == bindparam("depot_id"), _CODES.c.code_of == bindparam("code_of")
)
_THEIR_SKUS = select(_SKUS.c.kit_type, _SKUS.c.code).where(_SKUS.c.depot_id == bindparam("depot_id"))
_BLINDED = select(_DEPOTS.c.blinded).where(_DEPOTS.c.id == bindparam("depot_id"))


def propose_code(work: Work, ask: ProposeCode) -> ChangeProposed:
    """Puts a code forward; another person approves it."""
    work.actor.require(Permission.ACTIVATE_SITE, ask.study_id)
    study = lock_study(work, ask.study_id)
    depot_id = _depot(work, study, ask.depot)
    _require_known(work, study, ask)
    before = None
    for row in work.rows(_THEIRS, depot_id=depot_id, code_of=ask.code_of):
        if row["code"] == ask.code and row["record"] != ask.record:
            raise CodeTaken(ask.code, row["record"])
        before = row["code"] if row["record"] == ask.record else before
    facts = {"depot": ask.depot, "code_of": str(ask.code_of), "record": ask.record}
    proposal = Proposal(
        kind=ChangeKind.VENDOR_CODE,
        record=f"code of {ask.code_of} {ask.record} at depot {ask.depot}",
        facts={**facts, "code": ask.code},
        before=None if before is None else {**facts, "code": before},
        effective_from=ask.effective_from,
    )
    return put_forward(work, study, proposal, ask.reason)


def propose_sku(work: Work, ask: ProposeSku) -> ChangeProposed:
    """Puts a kit type's code forward, by and for people who may know kit types."""
    study = lock_study(work, ask.study_id)
    require_may_set_levels(work, study)
    depot_id = _depot(work, study, ask.depot)
    if study.definition.blinded and work.one("depot", _BLINDED, depot_id=depot_id)["blinded"]:
        raise BlindedDepot(ask.depot)
    if ask.kit_type not in {kit_type.code for kit_type in study.definition.kit_types}:
        raise BadInput(f"{ask.kit_type} is no kit type of this study. Nothing was proposed.")
    for row in work.rows(_THEIR_SKUS, depot_id=depot_id):
        if row["code"] == ask.code and row["kit_type"] != ask.kit_type:
            raise CodeTaken(ask.code, row["kit_type"])
    proposal = Proposal(
        kind=ChangeKind.VENDOR_SKU,
        record=f"code of a kit type at depot {ask.depot}",
        facts={"depot": ask.depot},
        before=None,
        effective_from=ask.effective_from,
        secret={"kit_type": ask.kit_type, "code": ask.code},
    )
    return put_forward(work, study, proposal, ask.reason)


def _depot(work: Work, study: SupplyStudy, depot: str) -> int:
    known = depot_ids(work, study.id)
    if depot not in known:
        raise BadInput(f"{depot} is not a depot of this study. Nothing was proposed.")
    return known[depot]


def _require_known(work: Work, study: SupplyStudy, ask: ProposeCode) -> None:
    """NotFound or BadInput where the study has no such site, depot or product."""
    if ask.code_of == CodeOf.SITE:
        site_numbered(work, study.id, ask.record)
    elif ask.code_of == CodeOf.DEPOT:
        _depot(work, study, ask.record)
    elif ask.record not in {group.code for group in study.definition.blinding_groups}:
        raise BadInput(f"{ask.record} is no blinding group of this study. Nothing was proposed.")
