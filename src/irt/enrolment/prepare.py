"""Making a study ready to run: loaded and approved, its kit list loaded, each by two people."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.enrolment.staff import acting
from irt.services.accounts import CreateAccount, create_account
from irt.services.approvals import AskApproval, DecideApproval, ask_approval, decide_approval
from irt.services.bootstrap import ensure_system_account, system_actor
from irt.services.load_kit_list import LoadKitList, kit_list_hash, load_kit_list, lots_of_size
from irt.services.load_study import ApproveVersion, LoadStudy, StudyLoaded, approve_version, load_study
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.states.records import Mode
from irt.study.definition import StudyDefinition

Size = Literal["full", "small"]


@dataclass(frozen=True, slots=True)
class Preparers:
    """Two people who prepare a study: neither can do it alone."""

    builder: Actor
    approver: Actor


def preparers_of(store: Store, at: datetime) -> Preparers:
    """Two accounts made for the preparation of runs; nobody can sign in with them."""
    ensure_system_account(store, at)
    with store.reading() as connection:
        administrator = system_actor(connection, Role.ADMINISTRATOR)
    ids = []
    for name in ("run.builder", "run.approver"):
        ask = CreateAccount(
            username=name,
            printed_name=f"Run {name.removeprefix('run.')}",
            password=SecretStr(store.entropy(32).hex()),
            trained=True,
        )
        ids.append(perform(store, administrator, at, create_account, ask, f"run:account:{name}").account_id)
    builder = (Role.CONFIGURATOR, Role.SUPPLY_MANAGER)
    approver = (Role.STUDY_TEAM, Role.UNBLINDED_STATISTICIAN, Role.QUALIFIED_PERSON, Role.SUPPLY_MANAGER)
    return Preparers(acting(ids[0], "Run builder", *builder), acting(ids[1], "Run approver", *approver))


def prepare_study(
    store: Store, who: Preparers, definition: StudyDefinition, size: Size, mode: Mode, at: datetime, from_day: date
) -> StudyLoaded:
    """Loads and approves the study and its kit list."""
    key = f"run:{definition.study.protocol}:{mode}"
    ask = LoadStudy(definition=definition.model_dump(mode="json"), size=size, mode=mode, effective_from=from_day)
    loaded = perform(store, who.builder, at, load_study, ask, f"{key}:load")
    approval = ApproveVersion(study_id=loaded.study_id, version=loaded.version)
    perform(store, who.approver, at, approve_version, approval, f"{key}:approve")
    _load_kits(store, who, definition, size, loaded.study_id, at, key)
    return loaded


def _load_kits(
    store: Store,
    who: Preparers,
    definition: StudyDefinition,
    size: Size,
    study_id: int,
    at: datetime,
    key: str,
) -> None:
    lots = lots_of_size(definition, size)
    ask = AskApproval(
        study_id=study_id,
        kind="kit_list",
        record=f"kit list of {definition.study.protocol}, {size}",
        record_hash=kit_list_hash(lots),
    )
    asked = perform(store, who.builder, at, ask_approval, ask, f"{key}:ask-kits")
    decision = DecideApproval(
        study_id=study_id, approval_id=asked.approval_id, record_hash=kit_list_hash(lots), granted=True
    )
    perform(store, who.approver, at, decide_approval, decision, f"{key}:grant-kits")
    load = LoadKitList(study_id=study_id, size=size, approval_id=asked.approval_id)
    perform(store, who.builder, at, load_kit_list, load, f"{key}:load-kits")
