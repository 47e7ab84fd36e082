"""An approved change of operational data becomes a row that holds from its day on, never from a day gone by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed
from irt.services.audit_draft import AuditDraft
from irt.services.study_network import record_import_licences, record_lanes, record_shippers, record_site
from irt.services.supply_study import SupplyStudy, depot_ids, lock_study
from irt.services.work import Work
from irt.study.network import ImportLicence as LicencePart
from irt.study.network import Lane as LanePart
from irt.study.network import Shipper as ShipperPart
from irt.study.network import Site as SitePart
from irt.study.operations import ChangeKind
from irt.study.planning import Way as WayPart
from irt.tables.columns import table_of
from irt.tables.controlled import ControlledLicence
from irt.tables.network import PlanWay
from irt.tables.secret import ApprovalMatter, ResupplySetting, VendorSku
from irt.tables.study import OperationalChange, Site, SiteContact, SiteDetail
from irt.tables.supply import SupplyStop
from irt.tables.vendor import VendorCode

_CHANGES, _MATTERS, _SITES = table_of(OperationalChange), table_of(ApprovalMatter), table_of(Site)
_CHANGE = (
    select(_CHANGES, _MATTERS.c.content)
    .join(_MATTERS, _MATTERS.c.approval_id == _CHANGES.c.approval_id)
    .where(_CHANGES.c.approval_id == bindparam("approval_id"))
)
_SITE = select(_SITES.c.id).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number")
)


_SITE_IDS = select(_SITES.c.number, _SITES.c.id).where(_SITES.c.study_id == bindparam("study_id"))


_CODES, _SKUS = table_of(VendorCode), table_of(VendorSku)
_CODE_TAKEN = select(_CODES.c.id).where(
    _CODES.c.depot_id == bindparam("depot_id"),
    _CODES.c.code_of == bindparam("code_of"),
    _CODES.c.code == bindparam("code"),
    _CODES.c.record != bindparam("record"),
)
_SKU_TAKEN = select(_SKUS.c.id).where(
    _SKUS.c.depot_id == bindparam("depot_id"),
    _SKUS.c.code == bindparam("code"),
    _SKUS.c.kit_type != bindparam("kit_type"),
)


@dataclass(frozen=True, slots=True)
class _Agreed:
    """A change that two people agreed on."""

    study: SupplyStudy
    change_id: int
    site_id: int | None
    facts: Mapping[str, Any]
    secret: Mapping[str, Any]
    day: date

    @property
    def row(self) -> dict[str, Any]:
        """What every row of such a change carries."""
        return {**self.study.owner, "effective_from": self.day, "change_id": self.change_id}


def require_may_decide(work: Work, study_id: int, kind: ChangeKind) -> None:
    """NotAllowed where the change tells kit types of a blinded study and the person may not know them."""
    work.actor.require(Permission.ACTIVATE_SITE, study_id)
    if kind in (ChangeKind.LEVELS, ChangeKind.LEVEL_SET, ChangeKind.VENDOR_SKU):
        require_may_set_levels(work, lock_study(work, study_id))


def require_may_set_levels(work: Work, study: SupplyStudy) -> None:
    """NotAllowed unless the person runs resupply, and in a blinded study is unblinded."""
    work.actor.require(Permission.RUN_RESUPPLY, study.id)
    if study.definition.blinded and not work.actor.unblinded_in(study.id):
        raise NotAllowed("Stock levels of this study are set by the unblinded supply team.")


def apply_change(work: Work, approval_id: int) -> None:
    """Appends the row that the granted approval is about."""
    change = work.one("change", _CHANGE, approval_id=approval_id)
    kind = ChangeKind(change["kind"])
    require_may_decide(work, change["study_id"], kind)
    content = change["content"]
    agreed = _Agreed(
        study=lock_study(work, change["study_id"]),
        change_id=change["id"],
        site_id=change["site_id"],
        facts=content["facts"],
        secret=content["secret"] or {},
        day=max(change["effective_from"], work.at.date()),
    )
    _APPLY[kind](work, agreed)
    work.audit(
        AuditDraft(
            act="change_applied",
            record_kind="operational_change",
            record=change["record"],
            study_id=change["study_id"],
            site_id=change["site_id"],
            old=change["before"],
            new={"change": change["id"], "effective_from": agreed.day.isoformat(), **change["facts"]},
            reason=change["reason"],
            secret=content["secret"],
        )
    )


def _lane(work: Work, agreed: _Agreed) -> None:
    lane, depots = LanePart.model_validate(dict(agreed.facts)), depot_ids(work, agreed.study.id)
    record_lanes(work, [lane], agreed.study.owner, depots, agreed.day, agreed.change_id)


def _new_site(work: Work, agreed: _Agreed) -> None:
    facts = dict(agreed.facts)
    depot = facts.pop("depot")
    site, study = SitePart.model_validate(facts), agreed.study
    refuse_known_site(work, study.id, site.number)
    depot_id = depot_ids(work, study.id)[depot]
    record_site(work, study.definition, site, study.owner, depot_id, study.version, agreed.day, agreed.change_id)


def refuse_known_site(work: Work, study_id: int, number: str) -> None:
    """BadInput where the study has a site of that number."""
    if work.row(_SITE, study_id=study_id, number=number) is not None:
        raise BadInput(f"Site {number} is a site of this study already. Nothing was booked. Choose another number.")


def _site_details(work: Work, agreed: _Agreed) -> None:
    depot_id = depot_ids(work, agreed.study.id)[agreed.facts["depot"]]
    details = {"name": agreed.facts["name"], "zone": agreed.facts["zone"], "depot_id": depot_id}
    work.append(SiteDetail, **agreed.row, **details, site_id=agreed.site_id)
    work.run(update(_SITES).where(_SITES.c.id == agreed.site_id).values(details))


def _site_contact(work: Work, agreed: _Agreed) -> None:
    work.append(SiteContact, **agreed.row, site_id=agreed.site_id, details=dict(agreed.facts))


def _levels(work: Work, agreed: _Agreed) -> None:
    country, depot = agreed.facts["country"], agreed.facts.get("depot")
    depot_id = depot_ids(work, agreed.study.id)[depot] if depot else None
    place = {"country": country, "site_id": agreed.site_id, "depot_id": depot_id}
    work.append(ResupplySetting, **agreed.row, **agreed.secret, **place)


def _level_set(work: Work, agreed: _Agreed) -> None:
    depots = depot_ids(work, agreed.study.id)
    sites = {row["number"]: row["id"] for row in work.rows(_SITE_IDS, study_id=agreed.study.id)}
    windows: dict[str, Any] = {"trigger_days": None, "resupply_days": None}
    work.record_all(
        ResupplySetting,
        (
            {
                **agreed.row,
                **windows,
                **{name: value for name, value in row.items() if name not in ("site", "depot")},
                "country": row.get("country"),
                "site_id": sites[row["site"]] if row.get("site") else None,
                "depot_id": depots[row["depot"]] if row.get("depot") else None,
            }
            for row in agreed.secret["rows"]
        ),
    )


def _supply_stop(work: Work, agreed: _Agreed) -> None:
    stops_on = agreed.facts["stops_on"]
    row = {**agreed.study.owner, "country": agreed.facts["country"], "site_id": agreed.site_id}
    work.append(
        SupplyStop,
        **row,
        stops_on=date.fromisoformat(stops_on) if stops_on else None,
        change_id=agreed.change_id,
    )


def _licence(work: Work, agreed: _Agreed) -> None:
    facts = agreed.facts
    depot_id = depot_ids(work, agreed.study.id)[facts["depot"]] if facts["depot"] else None
    valid_until = date.fromisoformat(facts["valid_until"])
    place = {"depot_id": depot_id, "site_id": agreed.site_id}
    work.append(ControlledLicence, **agreed.row, **place, number=facts["number"], valid_until=valid_until)


def _import_licence(work: Work, agreed: _Agreed) -> None:
    record_import_licences(work, [LicencePart.model_validate(dict(agreed.facts))], agreed.row)


def _shipper(work: Work, agreed: _Agreed) -> None:
    record_shippers(work, [ShipperPart.model_validate(dict(agreed.facts))], agreed.row)


def _plan_way(work: Work, agreed: _Agreed) -> None:
    facts = dict(agreed.facts)
    is_open = facts.pop("open")
    way = WayPart.model_validate(facts)
    work.append(
        PlanWay, **agreed.row, code=way.code, target=way.target, way=way.model_dump(mode="json"), open=is_open
    )


def _vendor_code(work: Work, agreed: _Agreed) -> None:
    facts = dict(agreed.facts)
    depot_id = depot_ids(work, agreed.study.id)[facts.pop("depot")]
    _refuse_taken(work, _CODE_TAKEN, depot_id=depot_id, **facts)
    work.append(VendorCode, **agreed.row, **facts, depot_id=depot_id)


def _vendor_sku(work: Work, agreed: _Agreed) -> None:
    depot_id = depot_ids(work, agreed.study.id)[agreed.facts["depot"]]
    _refuse_taken(work, _SKU_TAKEN, depot_id=depot_id, **agreed.secret)
    work.append(VendorSku, **agreed.row, **agreed.secret, depot_id=depot_id)


def _refuse_taken(work: Work, statement: Select[Any], **asked: Any) -> None:
    """Two proposals of one code may wait at once: the second to be approved would make it two things."""
    if work.row(statement, **asked) is not None:
        raise BadInput("The depot has this code for something else by now. Nothing was changed. Refuse this one.")


_APPLY: dict[ChangeKind, Callable[[Work, _Agreed], None]] = {
    ChangeKind.LANE: _lane,
    ChangeKind.NEW_SITE: _new_site,
    ChangeKind.SITE_DETAILS: _site_details,
    ChangeKind.SITE_CONTACT: _site_contact,
    ChangeKind.LEVELS: _levels,
    ChangeKind.LEVEL_SET: _level_set,
    ChangeKind.SUPPLY_STOP: _supply_stop,
    ChangeKind.VENDOR_CODE: _vendor_code,
    ChangeKind.VENDOR_SKU: _vendor_sku,
    ChangeKind.CONTROLLED_LICENCE: _licence,
    ChangeKind.IMPORT_LICENCE: _import_licence,
    ChangeKind.SHIPPER: _shipper,
    ChangeKind.PLAN_WAY: _plan_way,
}
