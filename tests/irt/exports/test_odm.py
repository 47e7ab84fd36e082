"""The push for data capture: valid, repeatable, and with no field beyond the allow-list."""

import csv
import io
from dataclasses import replace

import pytest
from lxml import etree

from irt.errors import IntegrityFault
from irt.exports.odm import ITEMS, RECONCILED, odm_files
from irt.exports.xml_files import ODM, checked
from tests.irt.exports.conftest import MADE_AT, Told

SPACES = {"o": ODM}


@pytest.fixture(scope="module")
def push(told: Told) -> etree._Element:
    """The document."""
    return etree.fromstring(odm_files(told.data, MADE_AT)[0].content)


def test_a_push_is_transactional_and_may_be_repeated(push: etree._Element) -> None:
    """Every subject, event and group says Upsert, names its site, and has its audit record with a moment."""
    assert push.get("FileType") == "Transactional"
    subjects = push.findall(".//o:SubjectData", SPACES)
    assert len(subjects) == 4
    groups = push.findall(".//o:ItemGroupData", SPACES)
    events = push.findall(".//o:StudyEventData", SPACES)
    assert {one.get("TransactionType") for one in (*subjects, *events, *groups)} == {"Upsert"}
    places = {one.get("OID") for one in push.iterfind(".//o:Location", SPACES)}
    assert {one.get("LocationOID") for one in push.iterfind(".//o:SiteRef", SPACES)} <= places
    stamps = [one.findtext("o:AuditRecord/o:DateTimeStamp", "", SPACES) for one in groups]
    assert all(stamp[-6] in "+-" for stamp in stamps)


def test_what_leaves_is_on_the_allow_list(push: etree._Element, told: Told) -> None:
    """Items are those of the list; no arm, kit type or bulk lot is a value."""
    told_items = {one.get("ItemOID") for one in push.iterfind(".//o:ItemData", SPACES)}
    assert {"I.RANDNO", "I.KITNO", "I.STRATA", "I.FLAGS"} <= told_items <= {f"I.{name}" for name in ITEMS}
    values = {one.get("Value") for one in push.iterfind(".//o:ItemData", SPACES)}
    secret = {drawn.arm for drawn in told.secret.drawn.values()} | {
        fact for one in told.secret.contents.values() for fact in (one.kit_type, one.lot)
    }
    assert not values & secret
    assert {draw.number for draw in told.data.draws} <= values


def test_the_same_kits_stand_in_the_push_and_in_the_file_to_reconcile(push: etree._Element, told: Told) -> None:
    """One row a kit, or a subject without kits; all of it explained."""
    _, table, columns = odm_files(told.data, MADE_AT)
    rows = list(csv.DictReader(io.StringIO(table.content.decode(), newline="")))
    assert list(rows[0]) == [one.name for one in RECONCILED]
    kits = {one.get("Value") for one in push.iterfind(".//o:ItemData[@ItemOID='I.KITNO']", SPACES)}
    assert {row["kit"] for row in rows} - {""} == kits == {one.kit for one in told.data.given}
    assert {row["subject"] for row in rows} == {one.number for one in told.data.subjects}
    assert columns.rows == len(RECONCILED)


def test_a_document_that_is_not_valid_does_not_leave(told: Told) -> None:
    """The schema's own words name what is wrong."""
    wrong = etree.fromstring(odm_files(told.data, MADE_AT)[0].content)
    wrong.set("FileType", "Sometimes")
    with pytest.raises(IntegrityFault, match="FileType"):
        checked(wrong, "odm", "1.3.2")


def test_returned_units_are_told(told: Told) -> None:
    """With amount, unit and day."""
    given = tuple(
        replace(one, returned=3, counted_in="units", returned_on=MADE_AT.date()) for one in told.data.given
    )
    push = etree.fromstring(odm_files(replace(told.data, given=given), MADE_AT)[0].content)
    for name, value in (("RETAMT", "3"), ("RETUNIT", "units"), ("RETDTC", "2026-06-16")):
        found = push.findall(f".//o:ItemData[@ItemOID='I.{name}']", SPACES)
        assert {one.get("Value") for one in found} == {value}
        assert len(found) == len(given)
