"""Datasets as CDISC Dataset-JSON 1.1: one file each, one row a line, for the same facts the same bytes."""

import json
from dataclasses import dataclass
from datetime import datetime

from irt import __version__
from irt.exports.dataset import Cell, Column, Dataset
from irt.exports.files import ExportFile

VERSION = "1.1.0"
DAY_FORMAT = "DATE9."
_TYPES = {"text": "string", "datetime": "string", "integer": "integer", "float": "float", "day": "date"}


@dataclass(frozen=True, slots=True)
class Source:
    """What a file says of where it comes from: the study, the standard, the define file, and two moments."""

    protocol: str
    sponsor: str
    standard: str
    made_at: datetime
    data_until: datetime

    @property
    def study_oid(self) -> str:
        """As the define file names the study."""
        return f"STDY.{self.protocol}"

    @property
    def version_oid(self) -> str:
        """As the define file names its metadata."""
        return f"MDV.{self.protocol}.{self.standard}"


def dataset_json(dataset: Dataset, source: Source) -> ExportFile:
    """The file of one dataset, named after it in small letters."""
    name = dataset.name.lower()
    head = {
        "datasetJSONCreationDateTime": seconds(source.made_at),
        "datasetJSONVersion": VERSION,
        "fileOID": f"{source.study_oid}.{source.standard}.{dataset.name}",
        "dbLastModifiedDateTime": seconds(source.data_until),
        "originator": source.sponsor,
        "sourceSystem": {"name": "irt", "version": __version__},
        "studyOID": source.study_oid,
        "metaDataVersionOID": source.version_oid,
        "metaDataRef": "define.xml",
        "itemGroupOID": f"IG.{dataset.name}",
        "records": len(dataset.rows),
        "name": dataset.name,
        "label": dataset.design.label,
        "columns": [_column(dataset, place) for place in range(len(dataset.design.columns))],
    }
    rows = ",\n".join(json.dumps([_value(cell) for cell in row], ensure_ascii=False) for row in dataset.rows)
    opened = json.dumps(head, ensure_ascii=False)[:-1]
    return ExportFile(f"{name}.json", len(dataset.rows), f'{opened}, "rows": [\n{rows}\n]}}\n'.encode())


def seconds(at: datetime) -> str:
    """A moment without fractions, as the standard's pattern has it."""
    return at.isoformat(timespec="seconds")


def _column(dataset: Dataset, place: int) -> dict[str, str | int]:
    column: Column = dataset.design.columns[place]
    told: dict[str, str | int] = {
        "itemOID": f"IT.{dataset.name}.{column.name}",
        "name": column.name,
        "label": column.label,
        "dataType": _TYPES[column.kind],
    }
    if not column.numeric:
        told["length"] = dataset.length(place)
    if column.kind == "day":
        told |= {"targetDataType": "integer", "displayFormat": DAY_FORMAT}
    if column.key:
        told["keySequence"] = column.key
    return told


def _value(cell: Cell) -> Cell:
    return cell if cell != "" else None
