"""The words of the main navigation, by role: only what the person may open, and only what exists."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from irt.blinding.actor import Actor
from irt.blinding.release_steps import ROUTE_PERMISSIONS
from irt.blinding.roles import SEES, DataClass, Permission
from irt.reads.blinded_people import Place


@dataclass(frozen=True)
class NavigationItem:
    """One word of the main navigation; a `seldom` one may stand behind "More" where the row is full.

    `icon` is needed where it may stand in the phone's bottom bar.
    """

    label: str
    href: str
    count: int | None = None
    current: bool = False
    icon: str = "menu"
    seldom: bool = False


@dataclass(frozen=True)
class _Door:
    label: str
    href: str
    icon: str
    any_of: frozenset[Permission]
    sees: DataClass | None = None
    seldom: bool = False


def _door(label: str, href: str, icon: str, *any_of: Permission) -> _Door:
    return _Door(label, href, icon, frozenset(any_of))


def _seldom(label: str, href: str, icon: str, *any_of: Permission) -> _Door:
    return _Door(label, href, icon, frozenset(any_of), seldom=True)


_P = Permission
_DOORS = (
    _door("Dashboard", "/dashboard", "chart", _P.PLAN_ENROLMENT),
    _door("Monitoring", "/monitoring", "verified", _P.RECORD_MONITORING),
    _door("Worklist", "/worklist", "worklist", _P.DISPENSE, _P.RANDOMIZE, _P.RECEIVE_SHIPMENT),
    _door("Supply", "/supply", "chart", _P.VIEW_SUPPLY),
    _door("Randomization", "/randomization", "randomize", _P.VIEW_RANDOMIZATION),
    _door("Subjects", "/subjects", "subjects", _P.VIEW_SUBJECTS),
    _door("Stock", "/stock", "stock", _P.VIEW_STOCK),
    _door("Shipments", "/shipments", "shipment", _P.RECEIVE_SHIPMENT, _P.APPROVE_SHIPMENT),
    _door("Inbox", "/depot", "depot", _P.FULFIL_SHIPMENT),
    _seldom("Invoices", "/invoices", "document", _P.VIEW_INVOICE),
    _door("Doors", "/doors", "shipment", _P.CARRY_HOME),
    _door("Returns", "/returns", "returns", _P.TAKE_BACK, _P.VERIFY_RETURNS),
    _door("Outage", "/outage", "document", _P.DISPENSE, _P.BREAK_CODE),
    _Door("Contents", "/contents", "unblinded", frozenset({_P.VIEW_STOCK}), DataClass.ARM),
    _seldom("Enrolment", "/enrolment", "chart", _P.VIEW_ENROLMENT),
    _door("Lots", "/lots", "approve", _P.RELEASE_LOT),
    _door("Quality", "/quality", "decision", _P.DECIDE_QUALITY),
    _door("Holds", "/holds", "attention", _P.DECIDE_QUALITY),
    _door("Release", "/release", "sign", *ROUTE_PERMISSIONS),
    _door("Labels", "/labels", "sign", _P.WRITE_LABELS, _P.APPROVE_LABELS),
    _door("Studies", "/configuration", "settings", _P.CONFIGURE_STUDY),
    _door("Approvals", "/approvals", "sign", _P.APPROVE_STUDY, _P.LOAD_KITS, _P.FREEZE_RANDOMIZATION),
    _seldom("Notices", "/notices", "document", _P.APPROVE_STUDY),
    _seldom("Kit lists", "/kit-lists", "document", _P.LOAD_KITS),
    _door("Help desk", "/help-desk", "help", _P.HELP_PEOPLE),
    _door("People", "/people", "user", _P.MANAGE_ACCOUNTS),
    _door("Network", "/network", "network", _P.ACTIVATE_SITE),
    _seldom("Versions", "/versions", "document", _P.CONFIGURE_STUDY, _P.APPROVE_STUDY),
    _Door("Versions", "/versions", "document", frozenset({_P.VIEW_IMPACT_BY_TYPE}), DataClass.LISTS, seldom=True),
    _seldom("Gates", "/gates", "verified", _P.VIEW_GATE),
    _seldom("Dashboard", "/dashboard", "chart", _P.VIEW_STUDY_LIFE),
    _door("Safety cases", "/safety-cases", "unblinded", _P.ASSESS_CASE),
    _seldom("Unblinding", "/unblinding", "codebreak", _P.VIEW_UNBLINDING),
    _seldom("Due", "/duties", "attention", _P.REVIEW_TRAIL, _P.REVIEW_ACCESS, _P.RECORD_SITE_APPROVAL),
    _seldom("Access", "/access", "user", _P.VIEW_ACCESS),
    _seldom("Records", "/records", "document", _P.VIEW_INCIDENTS),
    _seldom("Exports", "/exports", "export", _P.EXPORT_DATA),
    _seldom("Delegation", "/delegation", "sign", _P.VIEW_DELEGATION),
    _seldom("History", "/history", "history", _P.VIEW_AUDIT),
)


def navigation_for(
    actor: Actor, place: Place | None, paths: Collection[str], current: str, counts: Mapping[str, int]
) -> tuple[NavigationItem, ...]:
    """The doors open to this person here; `current` and the counts go by the words on them.

    Somebody who was let in for one act alone, as to break a code in an emergency, is shown no door.
    """
    if actor.scopes is not None:
        return ()
    # A door that stands twice is nearer to those whose daily page it is.
    doors = {door.href: door for door in reversed(_DOORS) if door.href in paths and _is_open(door, actor, place)}
    return tuple(
        NavigationItem(door.label, door.href, counts.get(door.label), door.label == current, door.icon, door.seldom)
        for door in _DOORS
        if doors.get(door.href) is door
    )


def landing(actor: Actor, place: Place | None, paths: Collection[str]) -> str:
    """The page a person starts on: the first door open to them, else the choice of study and site."""
    items = navigation_for(actor, place, paths, "", {})
    return items[0].href if items else "/switch"


def _is_open(door: _Door, actor: Actor, place: Place | None) -> bool:
    """Whether the person may do what is behind the door and, where it shows more than others see, may see it."""
    if not any(_may(actor, permission, place) for permission in door.any_of):
        return False
    study_id = None if place is None else place.study_id
    return door.sees is None or any(
        door.sees in SEES[grant.role]
        for grant in actor.grants
        if place is None or grant.study_id in (None, study_id)
    )


def _may(actor: Actor, permission: Permission, place: Place | None) -> bool:
    if place is not None:
        return actor.grant_for(permission, place.study_id, place.site_id) is not None
    return any(grant.covers(permission, grant.study_id, grant.site_id) for grant in actor.grants)
