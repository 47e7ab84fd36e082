"""Studies and kit lists before two people: files checked and loaded, lists asked for, decided and loaded."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.blinding.roles import DataClass, Permission
from irt.blinding.two_persons import ApprovalKind
from irt.errors import NotAllowed
from irt.reads.blinded_approvals import approvals_waiting
from irt.reads.unblinded_pools import PoolsShown, pools_of_study
from irt.services.kit_list_approval import ask_kit_list, decide_kit_list
from irt.services.load_kit_list import LoadKitList, load_kit_list
from irt.services.load_study import load_study
from irt.services.pools import give_back_to_pool, reserve_from_pool
from irt.services.unit_of_work import perform
from irt.study.check import check
from web.api.limits import refuse_unholdable
from web.api.operations import (
    Caller,
    Key,
    Now,
    Records,
    StudyId,
    command,
    pressed,
    question,
    unblinded_question,
)

_SIGNING = {"password": "the owner's password", "code": "123456"}
_FILE = {"format": 1, "study": {"protocol": "NB-301"}}


class StudyFile(SQLModel):
    """A study file as JSON, with the keys of the YAML file."""

    definition: dict[str, Any]


@dataclass(frozen=True)
class StudyProblem:
    """One problem: where it is, and what to do about it. Warnings alone do not keep a file from being loaded."""

    severity: str
    name: str
    path: str
    sentence: str


@dataclass(frozen=True)
class StudyChecked:
    """Every problem of the file; `sound`: it can be loaded."""

    sound: bool
    problems: tuple[StudyProblem, ...]


@dataclass(frozen=True)
class ApprovalWaiting:
    """Something that waits for a second person."""

    approval_id: int
    study_id: int
    kind: ApprovalKind
    record: str
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True)
class ApprovalsWaiting:
    """What waits and concerns the token's owner, newest first."""

    items: tuple[ApprovalWaiting, ...]


def check_study(ask: StudyFile) -> StudyChecked:
    """Judges a study file whole; nothing is kept."""
    report = check(json.dumps(ask.definition, indent=1))
    problems = (StudyProblem(one.severity, one.name, one.path, one.sentence) for one in report.problems)
    return StudyChecked(report.definition is not None, tuple(problems))


def _check(data: Any, key: Key, caller: Caller) -> Any:
    """Needs neither a record nor a key; the key is taken as every command takes one."""
    refuse_unholdable(data)
    _require_configurator(caller)
    return check_study(data)


def _load_kits(data: Any, key: Key, caller: Caller, store: Records, now: Now) -> Any:
    """As every command; the database then learns how many kits there are."""
    refuse_unholdable(data)
    done = perform(store, caller, now, load_kit_list, LoadKitList.model_validate(dict(data)), key)
    store.freshen_statistics()
    return done


def _require_configurator(caller: Actor) -> None:
    if not any(grant.covers(Permission.CONFIGURE_STUDY, grant.study_id, None) for grant in caller.grants):
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")


@question("/approvals", None, "What waits for a second person")
def list_approvals(caller: Caller, store: Records) -> ApprovalsWaiting:
    """Approvals that nobody has decided and that the owner's roles may ask for or decide, newest first."""
    with store.reading() as connection:
        found = approvals_waiting(connection, caller)
    return ApprovalsWaiting(
        tuple(
            ApprovalWaiting(one.approval_id, one.study_id, one.kind, one.record, one.asked_by, one.asked_at)
            for one in found
        )
    )


@unblinded_question(
    "/studies/{study_id:int}/pools", Permission.LOAD_KITS, DataClass.SUPPLY_BY_TYPE, "Pools that serve the study"
)
def list_pools(study_id: StudyId, caller: Caller, store: Records, now: Now) -> PoolsShown:
    """Free kits by the study's own kit types, and what went from and to pools; of a pool, for which studies."""
    with store.reading() as connection:
        return pools_of_study(connection, study_id, now.date())


OPERATIONS = (
    list_approvals,
    pressed(
        "/studies/check",
        _check,
        check_study,
        Permission.CONFIGURE_STUDY,
        "Check a study file",
        {"definition": _FILE},
        StudyChecked,
    ),
    command(
        "/studies/load",
        load_study,
        Permission.CONFIGURE_STUDY,
        "Load a study as a draft",
        {"definition": _FILE, "size": "full", "mode": "production", "effective_from": "2026-03-02"},
    ),
    command(
        "/kit-lists/ask",
        ask_kit_list,
        Permission.LOAD_KITS,
        "Put a kit list before a second person",
        {"study_id": 1, "size": "full"},
    ),
    command(
        "/kit-lists/decide",
        decide_kit_list,
        Permission.LOAD_KITS,
        "Sign the approval of a kit list, or refuse it",
        {"study_id": 1, "approval_id": 4, "size": "full", "granted": True, "signing": _SIGNING},
    ),
    list_pools,
    command(
        "/pools/reserve",
        reserve_from_pool,
        Permission.LOAD_KITS,
        "Reserve kits of a pool for a study, and for no other",
        {"study_id": 1, "pool": "POOL-1", "depot": "NLD", "kits": {"PEN-A": 40, "PEN-P": 40}},
    ),
    command(
        "/pools/give-back",
        give_back_to_pool,
        Permission.LOAD_KITS,
        "Give unlabelled kits at a depot back to their pool",
        {"study_id": 1, "kits": ["48213377"], "reason": "Recruited faster elsewhere"},
    ),
    pressed(
        "/kit-lists/load",
        _load_kits,
        load_kit_list,
        Permission.LOAD_KITS,
        "Load the kits of an approved list",
        {"study_id": 1, "size": "full", "approval_id": 4},
        load_kit_list.__annotations__["return"],
    ),
)
