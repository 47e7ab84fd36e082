"""Randomization lists and the custody of the seed: asked for, signed by another person, loaded; sealed, told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Field, SQLModel

from irt.blinding.roles import DataClass, Permission
from irt.enrolment.check_first_allocations import check_first_allocations
from irt.enrolment.verify_allocations import verify_allocations
from irt.reads.unblinded_custody import seed_custody
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_list_approvals import ListedStratum, ListRecord, LoadedAs, list_record, list_records
from irt.reads.unblinded_lists import depletion
from irt.services.approvals import ApprovalDecided, DecideApproval, decide_approval
from irt.services.load_randomization_list import load_randomization_list
from irt.services.randomization_lists import ask_randomization_list
from irt.services.reveal_seed import SeedTold, declare_end, reveal_seed
from irt.services.seal_seed import seal_seed, unseal_seed
from irt.services.seed_shares import public_of, shares_of
from irt.services.sign_record import Signing
from irt.services.unit_of_work import perform
from irt.study.randomization_plan import Listed
from web.api.gate import SHOWS
from web.api.limits import refuse_unholdable
from web.api.operations import (
    ApprovalId,
    Caller,
    Key,
    Now,
    Records,
    StudyId,
    command,
    pressed,
    unblinded_command,
    unblinded_question,
)
from web.api.readings import write_down

_SIGNING = {"password": "the owner's password", "code": "123456"}
_FREEZE, _VIEW = Permission.FREEZE_RANDOMIZATION, Permission.VIEW_RANDOMIZATION
_KEYS = ["5f" * 32, "91" * 32]


class DecideRandomizationList(SQLModel):
    """The decision about a list, by the SHA-256 of what the deciding person read; a refusal says why."""

    study_id: int
    approval_id: int
    granted: bool
    seen: str = Field(description="the list's SHA-256, as it was read")
    reason: str | None = None
    signing: Signing


@dataclass(frozen=True)
class ListShown:
    """A list before its second person or after; `loaded` null: no subject takes its positions."""

    approval_id: int
    record: str
    asked_by: str
    asked_at: datetime
    granted: bool | None
    decided_by: str
    decided_at: datetime | None
    reason: str
    origin: str
    sha256: str
    positions: int
    strata: tuple[ListedStratum, ...]
    loaded: LoadedAs | None


@dataclass(frozen=True)
class StratumLasts:
    """How long a stratum's list lasts at the pace of late; `short`: it is to be extended."""

    stratum: str
    positions: int
    left: int
    ends_on: date | None
    short: bool


@dataclass(frozen=True)
class ListsShown:
    """The lists of a study, newest first, and how long they last; `listed` false: it draws live and has none."""

    listed: bool
    items: tuple[ListShown, ...]
    strata: tuple[StratumLasts, ...]


@dataclass(frozen=True)
class CustodyShown:
    """Who can open the seed. `shares`: each holder's closed share by public key, empty without holders.

    `allocator` is the public key of the process that answers, for which holders unseal the seed.
    """

    commitment: str
    shares: Mapping[str, str]
    allocator: str
    locked_at: datetime | None
    unblinded_at: datetime | None


@dataclass(frozen=True)
class SeedRevealed:
    """The seed in hexadecimal. It is told with the first answer only and kept nowhere: a retry gets null."""

    commitment: str
    seed: str | None


@unblinded_question(
    "/studies/{study_id:int}/randomization-lists", _VIEW, DataClass.LISTS, "The randomization lists of a study"
)
def list_randomization_lists(study_id: StudyId, caller: Caller, store: Records, now: Now) -> ListsShown:
    """Every list that was asked for, without its positions, and how long each stratum's lasts."""
    with store.reading() as connection:
        listed = isinstance(definition_in_force(connection, study_id).randomization, Listed)
        records = list_records(connection, study_id)
        strata = depletion(connection, study_id, now.date())
    write_down(store, caller, now, study_id, "randomization lists", len(records))
    return ListsShown(
        listed,
        tuple(_shown(record) for record in records),
        tuple(StratumLasts(one.stratum, one.positions, one.left, one.ends_on, one.short) for one in strata),
    )


@unblinded_question(
    "/studies/{study_id:int}/randomization-lists/{approval_id:int}",
    _VIEW,
    DataClass.LISTS,
    "One randomization list",
)
def show_randomization_list(
    study_id: StudyId, approval_id: ApprovalId, caller: Caller, store: Records, now: Now
) -> ListShown:
    """Stratum by stratum, with the SHA-256 that is signed; its positions are a file of their own."""
    with store.reading() as connection:
        record = list_record(connection, study_id, approval_id)
    write_down(store, caller, now, study_id, "randomization list", record.positions)
    return _shown(record)


@unblinded_question(
    "/studies/{study_id:int}/seed-custody", _VIEW, DataClass.LISTS, "In whose hands a study's seed is"
)
def show_seed_custody(study_id: StudyId, caller: Caller, store: Records, now: Now) -> CustodyShown:
    """The commitment, the holders' closed shares, and the process that answers."""
    with store.reading_past_wall() as connection:
        held = seed_custody(connection, study_id)
    shares = shares_of(held.sealed)
    write_down(store, caller, now, study_id, "seed custody", len(shares))
    own = public_of(store.seal.allocator)
    return CustodyShown(held.commitment, shares, own, held.locked_at, held.unblinded_at)


def decide_randomization_list(ask: DecideRandomizationList) -> DecideApproval:
    """Signs the approval of a list, or refuses it; another person asked for it."""
    return DecideApproval(
        approval_id=ask.approval_id,
        granted=ask.granted,
        record_hash=ask.seen,
        reason=ask.reason,
        signing=ask.signing,
    )


def _decide(data: Any, key: Key, caller: Caller, store: Records, now: Now) -> Any:
    """As every command, once it is sure that the approval is that of a list of the study."""
    refuse_unholdable(data)
    caller.require(_FREEZE, data.study_id)
    with store.reading() as connection:
        list_record(connection, data.study_id, data.approval_id)
    return perform(store, caller, now, decide_approval, decide_randomization_list(data), key)


def revealed(receipt: SeedTold) -> SeedRevealed:
    """The answer to the person who signed."""
    return SeedRevealed(receipt.commitment, receipt.seed)


def _shown(record: ListRecord) -> ListShown:
    asked = record.approval
    return ListShown(
        approval_id=asked.approval_id,
        record=asked.record,
        asked_by=asked.asked_by,
        asked_at=asked.asked_at,
        granted=asked.granted,
        decided_by=asked.decided_by,
        decided_at=asked.decided_at,
        reason=asked.reason,
        origin=record.origin,
        sha256=record.sha256,
        positions=record.positions,
        strata=record.strata,
        loaded=record.loaded,
    )


OPERATIONS = (
    list_randomization_lists,
    show_randomization_list,
    unblinded_command(
        "/randomization-lists/ask",
        ask_randomization_list,
        _FREEZE,
        "Put a randomization list before a second person, or an extension of what is loaded",
        {"study_id": 1, "mode": "production", "positions": 60},
    ),
    pressed(
        "/randomization-lists/decide",
        _decide,
        decide_randomization_list,
        _FREEZE,
        "Sign the approval of a randomization list, or refuse it",
        {"study_id": 1, "approval_id": 4, "granted": True, "seen": "a" * 64, "signing": _SIGNING},
        ApprovalDecided,
        **{SHOWS: DataClass.LISTS},
    ),
    unblinded_command(
        "/randomization-lists/load",
        load_randomization_list,
        _FREEZE,
        "Load an approved randomization list",
        {"study_id": 1, "approval_id": 4},
    ),
    show_seed_custody,
    unblinded_command(
        "/seeds/seal",
        seal_seed,
        _FREEZE,
        "Close a study's seed for two holders",
        {"study_id": 1, "holders": _KEYS},
    ),
    unblinded_command(
        "/seeds/unseal",
        unseal_seed,
        _FREEZE,
        "Hand a seed to one running process",
        {"study_id": 1, "allocator": "7d" * 32, "box": f"{'0c' * 32}.{'e1' * 48}"},
    ),
    unblinded_command(
        "/seeds/reveal",
        reveal_seed,
        _FREEZE,
        "Tell the seed after lock and unblinding, signed",
        {"study_id": 1, "signing": _SIGNING},
        revealed,
    ),
    command(
        "/studies/declare-end",
        declare_end,
        None,
        "Declare a study locked (study team), then unblinded (statistician), signed",
        {"study_id": 1, "end": "locked", "signing": _SIGNING},
    ),
    unblinded_command(
        "/allocations/verify",
        verify_allocations,
        _VIEW,
        "Derive every allocation again",
        {"study_id": 1},
    ),
    unblinded_command(
        "/allocations/check-first",
        check_first_allocations,
        _FREEZE,
        "Derive every allocation again and sign for the first ones",
        {"study_id": 1, "allocations": 10, "signing": _SIGNING},
    ),
)
