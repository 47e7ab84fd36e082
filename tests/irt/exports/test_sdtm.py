"""SDTM datasets: what they tell, what the blinded ones cannot, and that each format holds what the facts say."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pyreadstat
import pytest
from lxml import etree

from irt.errors import IntegrityFault
from irt.exports.course import study_day
from irt.exports.dataset import Column, Dataset, Design
from irt.exports.dataset_json import Source, dataset_json
from irt.exports.files import ExportFile
from irt.exports.sdtm import sdtm, visit_number
from irt.exports.sdtm_designs import BLINDED, DESIGNS
from irt.exports.sdtm_files import sdtm_files
from irt.exports.transport import ibm_double, plain, transport_file
from irt.exports.xml_files import ODM
from tests.irt.exports.conftest import MADE_AT, Told

_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2}|Z)?$"}
_TEXT = {"type": "string"}
_COLUMN = {
    "type": "object",
    "additionalProperties": False,
    "required": ["itemOID", "name", "label", "dataType"],
    "properties": {
        **dict.fromkeys(("itemOID", "name", "label", "displayFormat"), _TEXT),
        "dataType": {
            "enum": [
                "string",
                "integer",
                "decimal",
                "float",
                "double",
                "boolean",
                "datetime",
                "date",
                "time",
                "URI",
            ]
        },
        "targetDataType": {"enum": ["integer", "decimal"]},
        "length": {"type": "integer", "minimum": 1},
        "keySequence": {"type": "integer", "minimum": 1},
    },
}
DATASET_JSON = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        *(
            "datasetJSONCreationDateTime",
            "datasetJSONVersion",
            "itemGroupOID",
            "records",
            "name",
            "label",
            "columns",
        ),
    ],
    "properties": {
        **dict.fromkeys(("fileOID", "originator", "studyOID", "metaDataVersionOID", "metaDataRef"), _TEXT),
        **dict.fromkeys(("itemGroupOID", "name", "label"), _TEXT),
        "datasetJSONCreationDateTime": _MOMENT,
        "dbLastModifiedDateTime": _MOMENT,
        "datasetJSONVersion": {"type": "string", "pattern": r"^1\.1(\.\d+)?$"},
        "sourceSystem": {"type": "object", "required": ["name", "version"]},
        "records": {"type": "integer", "minimum": 0},
        "columns": {"type": "array", "items": _COLUMN},
        "rows": {"type": "array", "items": {"type": "array"}},
    },
}
"""The attributes of Dataset-JSON 1.1 as its specification lists them (cdisc.org, chapter 2), in our own words."""


@pytest.fixture(scope="module")
def files(told: Told) -> dict[str, dict[str, ExportFile]]:
    """Both editions by file name."""
    made = {
        "blinded": sdtm_files(told.data, None, MADE_AT),
        "unblinded": sdtm_files(told.data, told.secret, MADE_AT),
    }
    return {edition: {one.name: one for one in files} for edition, files in made.items()}


def records(datasets: tuple[Dataset, ...], name: str) -> list[dict[str, Any]]:
    """The rows of a dataset by column."""
    (found,) = [one for one in datasets if one.name == name]
    return [dict(zip([c.name for c in found.design.columns], row, strict=True)) for row in found.rows]


def test_every_subject_is_told_once_with_its_arm_or_why_there_is_none(told: Told) -> None:
    """Drawn and treated, drawn only, failed, in screening."""
    rows = {row["SUBJID"]: row for row in records(sdtm(told.data, told.secret), "DM")}
    assert len(rows) == len(told.data.subjects) == 6
    arms = {draw.subject: told.secret.drawn[draw.number].arm for draw in told.data.draws}
    given = {one.subject for one in told.data.given}
    for subject, row in rows.items():
        assert row["USUBJID"] == f"NB-301-{subject}"
        assert row["COUNTRY"] == "GBR"
        assert row["ARMCD"] == arms.get(subject)
        assert row["ACTARMCD"] == (arms[subject] if subject in given else None)
        assert bool(row["RFSTDTC"]) == (subject in given)
    reasons = Counter(row["ARMNRS"] for row in rows.values())
    assert reasons == {None: 3, "ASSIGNED, NOT TREATED": 1, "SCREEN FAILURE": 1, "NOT ASSIGNED": 1}


def test_the_blinded_edition_tells_no_arm_and_no_kit_type(told: Told) -> None:
    """Columns are those of the allow-list; one arm, BLINDED; no supplement of kits; no word of an arm anywhere."""
    datasets = sdtm(told.data)
    for one in datasets:
        assert tuple(column.name for column in one.design.columns) == BLINDED[one.name]
    assert {row["ARM"] for row in records(datasets, "DM")} == {"BLINDED", None}
    assert {row["ARMCD"] for row in records(datasets, "TA")} == {"BLINDED"}
    words = {cell for one in datasets for row in one.rows for cell in row if isinstance(cell, str)}
    secret = {arm.arm_name for arm in told.secret.drawn.values()}
    secret |= {fact for one in told.secret.contents.values() for fact in (one.kit_type, one.kit_type_name, one.lot)}
    assert not [word for word in words - {told.data.study.title} for one in secret if one in word]
    both = {one.name for one in sdtm(told.data, told.secret)}
    assert both - {one.name for one in datasets} == {"SUPPDA"}


def test_what_happened_is_told_in_order(told: Told) -> None:
    """Milestones and ends with epoch and study day; elements follow each other without a gap."""
    datasets = sdtm(told.data, told.secret)
    decoded = Counter(row["DSDECOD"] for row in records(datasets, "DS"))
    assert decoded == {"RANDOMIZED": 4, "SCREEN FAILURE": 1, "WITHDRAWAL BY SUBJECT": 1}
    drawn = [row for row in records(datasets, "DS") if row["DSDECOD"] == "RANDOMIZED"]
    assert {row["EPOCH"] for row in drawn} == {"TREATMENT"}
    assert {row["DSSTDY"] for row in drawn} == {1, None}
    courses: dict[str, list[dict[str, Any]]] = {}
    for row in records(datasets, "SE"):
        courses.setdefault(row["USUBJID"], []).append(row)
    assert len(courses) == 6
    for course in courses.values():
        assert [row["SESEQ"] for row in course] == list(range(1, len(course) + 1))
        assert all(one["SEENDTC"] == next_["SESTDTC"] for one, next_ in pairwise(course))


def test_kits_are_accounted_for(told: Told) -> None:
    """One record a kit handed over; unblinded, what was in it stands beside it."""
    datasets = sdtm(told.data, told.secret)
    given = [row for row in records(datasets, "DA") if row["DATESTCD"] == "DISPAMT"]
    assert sorted(row["DAREFID"] for row in given) == sorted(one.kit for one in told.data.given)
    inside = {
        (row["USUBJID"], row["IDVARVAL"]): row["QVAL"]
        for row in records(datasets, "SUPPDA")
        if row["QNAM"] == "KITTYPE"
    }
    for row in given:
        told_type = inside[row["USUBJID"], str(row["DASEQ"])]
        assert told_type == told.secret.contents[row["DAREFID"]].kit_type


def test_dataset_json_holds_what_the_dataset_holds(told: Told, files: dict[str, dict[str, ExportFile]]) -> None:
    """Every file is as the standard lists it, and its rows are the dataset's."""
    for edition, secret in (("blinded", None), ("unblinded", told.secret)):
        for one in sdtm(told.data, secret):
            read = json.loads(files[edition][f"{one.name.lower()}.json"].content)
            jsonschema.validate(read, DATASET_JSON)
            assert read["records"] == len(read["rows"]) == len(one.rows)
            assert read["rows"] == [[cell if cell != "" else None for cell in row] for row in one.rows]
    broken = dict(read)
    del broken["records"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, DATASET_JSON)


def test_transport_files_are_read_back_equal(
    told: Told, files: dict[str, dict[str, ExportFile]], tmp_path: Path
) -> None:
    """By a reader that others wrote: names, labels, texts and numbers."""
    for one in sdtm(told.data, told.secret):
        file = tmp_path / f"{one.name.lower()}.xpt"
        file.write_bytes(files["unblinded"][file.name].content)
        frame, about = pyreadstat.read_xport(str(file))
        assert about.table_name == one.name
        assert about.column_names == [column.name for column in one.design.columns]
        assert about.column_labels == [column.label for column in one.design.columns]
        for place, column in enumerate(one.design.columns):
            read = frame[column.name].astype(object).where(frame[column.name].notna(), None).tolist()
            kept = [row[place] for row in one.rows]
            assert read == [plain(cell or "") if not column.numeric else cell for cell in kept], column.name  # type: ignore[arg-type]


def test_the_define_file_tells_every_variable_and_no_other(files: dict[str, dict[str, ExportFile]]) -> None:
    """In both editions: datasets, columns in order, and code lists that hold every term that occurs."""
    spaces = {"o": ODM}
    for edition in files.values():
        define = etree.fromstring(edition["define.xml"].content)
        names = {item.get("OID"): item.get("Name") for item in define.iterfind(".//o:ItemDef", spaces)}
        groups = {
            group.get("Name"): [names[ref.get("ItemOID")] for ref in group.iterfind("o:ItemRef", spaces)]
            for group in define.iterfind(".//o:ItemGroupDef", spaces)
        }
        written = {
            read["name"]: [column["name"] for column in read["columns"]]
            for name, file in edition.items()
            if name.endswith(".json")
            for read in [json.loads(file.content)]
        }
        assert groups == written
        lists = {one.get("OID") for one in define.iterfind(".//o:CodeList", spaces)}
        assert lists == {ref.get("CodeListOID") for ref in define.iterfind(".//o:CodeListRef", spaces)}


def test_the_same_facts_and_moment_are_the_same_bytes(told: Told, files: dict[str, dict[str, ExportFile]]) -> None:
    """So that a hash can be held against another export."""
    again = {one.name: one.sha256 for one in sdtm_files(told.data, told.secret, MADE_AT)}
    assert again == {name: one.sha256 for name, one in files["unblinded"].items()}


def test_study_days_and_visit_numbers() -> None:
    """There is no day 0; repetitions are thousandths of their visit."""
    day = MADE_AT.date()
    assert [study_day(day.replace(day=d), day) for d in (15, 16, 17)] == [-1, 1, 2]
    assert study_day(day, None) is None
    assert [visit_number({"W4": 3}, "W4", times) for times in (0, 2)] == [3.0, 3.002]
    assert visit_number({"W4": 3}, "UNSCHEDULED", 0) is None


@pytest.mark.parametrize(
    ("number", "kept"),
    [(0, "0000000000000000"), (1, "4110000000000000"), (-118.625, "C276A00000000000"), (3.002, "4130083126E978D5")],
)
def test_numbers_as_ibm_had_them(number: float, kept: str) -> None:
    """118.625 is the example of every text on the format."""
    assert ibm_double(number).hex().upper()[:14] == kept[:14]


def test_what_a_transport_file_cannot_hold() -> None:
    """Long names stop the export; letters beyond ASCII lose their marks; long texts are cut for every format."""
    column = Column("TOOLONGNAME", "x")
    with pytest.raises(IntegrityFault, match="does not fit"):
        transport_file(Dataset.of(Design("X", "x", "x", "x", (column,)), []), MADE_AT)
    assert plain("Würzburg – Łódź") == "Wurzburg ? ?odz"
    long = Dataset.of(Design("X", "x", "x", "x", (Column("A", "x"),)), [{"A": "ü" * 150}])
    assert long.rows == (("ü" * 100,),)
    source = Source("P", "S", "SDTM", MADE_AT, MADE_AT)
    assert json.loads(dataset_json(long, source).content)["columns"][0]["length"] == 200
    assert all(set(BLINDED[name]) <= {c.name for c in DESIGNS[name].columns} for name in BLINDED)
