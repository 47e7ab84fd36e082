"""Addresses: sealed, opened for one carrier at one door, written down each time, gone with their key."""

import logging
import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr
from sqlalchemy import text

import irt
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.services.carry_home import AddressRead
from irt.services.home_addresses import EraseAddress, NoAddress, RecordAddress, erase_address, record_address
from irt.services.store import Store
from irt.tables import METADATA
from irt.tables.home import AddressReading
from irt.tables.home_address import HomeAddress, HomeAddressKey
from irt.tables.record import AuditEntry
from tests.builders_home import ADDRESS, HomeTrial

PARTS = re.compile("Wilhelmina|Okonkwo|Larkspur Close")
"""Words of the address that occur nowhere else; digits do within random numbers."""


def everything(store: Store) -> str:
    """Every value of every table, the JSON and the bytes too."""
    with store.reading() as connection:
        rows = [connection.execute(text(f'SELECT * FROM "{name}"')).all() for name in METADATA.tables]
    return repr(rows)


def told(reading: AddressRead) -> str:
    """What the carrier read."""
    return "" if reading.address is None else reading.address.get_secret_value()


def test_the_carrier_reads_it_and_is_written_down(store: Store) -> None:
    """Once for each time, in a table of its own and in the audit trail."""
    trial = HomeTrial.mailing(store)
    assigned, released = trial.underway()
    assert [told(trial.reads_address(assigned.dispensing_id)) for _ in range(2)] == [ADDRESS, ADDRESS]
    assert len(trial.rows(AddressReading)) == 2
    entries = trial.rows(AuditEntry, act="address_read")
    assert [entry["new"]["shipment"] for entry in entries] == [released.shipment] * 2
    assert {entry["person"] for entry in entries} == {"courier"}


def test_no_table_and_no_log_holds_an_address(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """After a whole delivery: not in rows, answers kept, audit values, messages; not in a line of the log."""
    caplog.set_level(logging.DEBUG)
    trial = HomeTrial.mailing(store)
    assigned, _ = trial.underway()
    trial.reads_address(assigned.dispensing_id)
    trial.in_vain(assigned.dispensing_id)
    trial.confirms(assigned)
    assert len(trial.rows(HomeAddress)) == 1
    assert PARTS.search(everything(store)) is None
    assert PARTS.search(caplog.text) is None
    assert PARTS.search(repr(RecordAddress(study_id=1, subject="x", address=SecretStr(ADDRESS)))) is None


def test_each_subject_has_a_key_of_its_own(sqlite_store: Store) -> None:
    """The key of one does not open the address of another, and the installation's own opens none."""
    trial = HomeTrial.mailing(sqlite_store)
    for _ in range(2):
        trial.records_address(trial.comes())
    keys = [sqlite_store.seal.open(row["sealed_key"]) for row in trial.rows(HomeAddressKey)]
    sealed = [row["sealed"] for row in trial.rows(HomeAddress)]
    for mine, other in ((0, 1), (1, 0)):
        assert Fernet(keys[mine]).decrypt(sealed[mine].encode()).decode() == ADDRESS
        with pytest.raises(InvalidToken):
            Fernet(keys[mine]).decrypt(sealed[other].encode())


def test_the_latest_address_counts(sqlite_store: Store) -> None:
    """Somebody moves while the parcel is made."""
    trial = HomeTrial.mailing(sqlite_store)
    assigned, _ = trial.underway()
    trial.records_address(assigned.subject, "7 New Road")
    assert told(trial.reads_address(assigned.dispensing_id)) == "7 New Road"


def test_an_erased_address_is_gone(store: Store) -> None:
    """The key is destroyed, with a reason in the audit trail; a new address gets a new key."""
    trial = HomeTrial.mailing(store)
    assigned, _ = trial.underway()
    ask = EraseAddress(study_id=trial.study_id, subject=assigned.subject, reason="Asked by the patient")
    trial.do(Role.COORDINATOR, erase_address, ask)
    assert [row["sealed_key"] for row in trial.rows(HomeAddressKey)] == [None]
    assert trial.audit()["act"] == "address_erased"
    with pytest.raises(NoAddress):
        trial.reads_address(assigned.dispensing_id)
    trial.refuses(erase_address, ask, NoAddress)
    trial.records_address(assigned.subject)
    assert told(trial.reads_address(assigned.dispensing_id)) == ADDRESS


def test_staff_who_may_not_know_patients_record_no_address(sqlite_store: Store) -> None:
    """A pharmacist and a monitor do not, and nobody records an empty one."""
    trial = HomeTrial.mailing(sqlite_store)
    subject = trial.comes()
    ask = RecordAddress(study_id=trial.study_id, subject=subject, address=SecretStr(ADDRESS))
    for role in (Role.PHARMACIST, Role.MONITOR, Role.SUPPLY_MANAGER, Role.DEPOT):
        with pytest.raises((NotAllowed, NotFound)):
            trial.do(role, record_address, ask)
    with pytest.raises(BadInput):
        trial.records_address(subject, "   ")


def test_those_who_go_there_alone_open_the_addresses() -> None:
    """Who brings a parcel and who collects one; whoever else would ask for an address has to change this test."""
    root = Path(irt.__file__).parents[1]
    asking = {
        file.relative_to(root).as_posix()
        for place in (root / "irt", root.parent / "web")
        for file in place.rglob("*.py")
        if re.search(r"tables\.home_address|HomeAddress\b|open_address", file.read_text())
    }
    assert asking == {
        "irt/tables/home_address.py",
        "irt/services/home_addresses.py",
        "irt/services/carry_home.py",
        "irt/services/collect_returns.py",
    }
