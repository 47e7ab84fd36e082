"""Making a study ready to run: loaded and approved, its kit list loaded, each by two people."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.enrolment.staff import Staff, acting
from irt.services.accounts import ChangePassword, CreateAccount, change_password, create_account
from irt.services.approvals import DecideApproval, decide_approval
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.bootstrap import ensure_system_account, system_actor
from irt.services.kit_list import kit_list_hash, lots_of_size
from irt.services.kit_list_approval import AskKitList, ask_kit_list
from irt.services.load_kit_list import LoadKitList, load_kit_list
from irt.services.load_study import LoadStudy, StudyLoaded, load_study
from irt.services.sign_record import Signing
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
    password: SecretStr


def preparers_of(store: Store, at: datetime) -> Preparers:
    """Two accounts made for the preparation of runs; their password lives as long as the run."""
    ensure_system_account(store, at)
    with store.reading() as connection:
        administrator = system_actor(connection, Role.ADMINISTRATOR)
    password = SecretStr(store.entropy(32).hex())
    builder = _account(store, at, administrator, "Study builder", password)
    approver = _account(store, at, administrator, "Study approver", password)
    return Preparers(
        acting(builder, "Study builder", Role.CONFIGURATOR, Role.SUPPLY_MANAGER),
        acting(approver, "Study approver", Role.STUDY_TEAM, Role.UNBLINDED_STATISTICIAN),
        password,
    )


def staff_of(store: Store, who: Preparers, at: datetime) -> Staff:
    """The people of every place, each acting only in the roles of the place."""

    def hire(name: str, *roles: Role) -> Actor:
        return hired(store, who, at, name, *roles)

    return Staff(
        site=hire("Site staff", Role.COORDINATOR, Role.PHARMACIST),
        investigator=hire("Investigator", Role.INVESTIGATOR),
        supply=hire("Supply planning", Role.SUPPLY_MANAGER),
        depot=hire("Depot staff", Role.DEPOT, Role.COORDINATOR),
        quality=hire("Qualified person", Role.QUALIFIED_PERSON),
        password=who.password,
    )


def hired(store: Store, who: Preparers, at: datetime, name: str, *roles: Role) -> Actor:
    """A new account that acts in these roles everywhere."""
    with store.reading() as connection:
        administrator = system_actor(connection, Role.ADMINISTRATOR)
    return acting(_account(store, at, administrator, name, who.password), name, *roles)


def _account(store: Store, at: datetime, administrator: Actor, name: str, password: SecretStr) -> int:
    """An account that has chosen its own password, as signing asks for."""
    temporary = SecretStr(store.entropy(32).hex())
    username = f"run.{name.lower().replace(' ', '.')}"
    ask = CreateAccount(username=username, printed_name=name, password=temporary, trained=True)
    made = perform(store, administrator, at, create_account, ask, f"run:account:{name}")
    own = ChangePassword(old=temporary, new=password)
    perform(store, acting(made.account_id, name), at, change_password, own, f"run:password:{name}")
    return made.account_id


def prepare_study(
    store: Store, who: Preparers, definition: StudyDefinition, size: Size, mode: Mode, at: datetime, from_day: date
) -> StudyLoaded:
    """Loads and approves the study and its kit list."""
    key = f"run:{definition.study.protocol}:{mode}"
    ask = LoadStudy(definition=definition.model_dump(mode="json"), size=size, mode=mode, effective_from=from_day)
    loaded = perform(store, who.builder, at, load_study, ask, f"{key}:load")
    signing = Signing(password=who.password)
    approval = ApproveVersion(study_id=loaded.study_id, version=loaded.version, signing=signing)
    perform(store, who.approver, at, approve_version, approval, f"{key}:approve")
    _load_kits(store, who, definition, size, loaded.study_id, at, key)
    store.freshen_statistics()
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
    asked = perform(
        store, who.builder, at, ask_kit_list, AskKitList(study_id=study_id, size=size), f"{key}:ask-kits"
    )
    decision = DecideApproval(
        approval_id=asked.approval_id,
        record_hash=kit_list_hash(lots),
        granted=True,
        signing=Signing(password=who.password),
    )
    perform(store, who.approver, at, decide_approval, decision, f"{key}:grant-kits")
    load = LoadKitList(study_id=study_id, size=size, approval_id=asked.approval_id)
    perform(store, who.builder, at, load_kit_list, load, f"{key}:load-kits")
