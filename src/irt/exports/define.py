"""A define file (Define-XML 2.1) of the datasets that leave with it, held against the standard's schema first."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from irt import __version__
from irt.exports.code_lists import CODE_LISTS, CT_VERSION, CodeList
from irt.exports.dataset import Column, Dataset
from irt.exports.dataset_json import DAY_FORMAT, Source, seconds
from irt.exports.files import ExportFile
from irt.exports.xml_files import ODM, XML_LANGUAGE, checked

DEF = "http://www.cdisc.org/ns/def/v2.1"
XLINK = "http://www.w3.org/1999/xlink"
_SPACES: Any = {None: ODM, "def": DEF, "xlink": XLINK}
_TYPES = {"text": "text", "integer": "integer", "float": "float", "datetime": "datetime", "day": "integer"}
_STANDARD, _TERMS = "STD.IG", "STD.CT"
_SOURCES = {"Collected": "Vendor", "Assigned": "Vendor", "Derived": "Vendor", "Protocol": "Sponsor"}


def define_file(
    datasets: Sequence[Dataset], source: Source, standard: tuple[str, str], purpose: str, comments: Sequence[str]
) -> ExportFile:
    """The define file; `standard` is name and version, `purpose` Tabulation or Analysis."""
    root = etree.Element(
        f"{{{ODM}}}ODM",
        {
            "ODMVersion": "1.3.2",
            "FileOID": f"{source.study_oid}.{source.standard}.define",
            "FileType": "Snapshot",
            "CreationDateTime": seconds(source.made_at),
            "AsOfDateTime": seconds(source.data_until),
            "Originator": source.sponsor,
            "SourceSystem": "irt",
            "SourceSystemVersion": __version__,
            f"{{{DEF}}}Context": "Other",
        },
        nsmap=_SPACES,
    )
    study = _add(root, "Study", OID=source.study_oid)
    names = _add(study, "GlobalVariables")
    for tag in ("StudyName", "StudyDescription", "ProtocolName"):
        _add(names, tag).text = source.protocol
    version = _add(study, "MetaDataVersion", OID=source.version_oid, Name=f"{source.protocol} {source.standard}")
    version.set("Description", " ".join(comments))
    version.set(f"{{{DEF}}}DefineVersion", "2.1.0")
    _standards(version, standard)
    used = sorted({column.terms for one in datasets for column in one.design.columns if column.terms})
    for one in datasets:
        _group(version, one, purpose)
    for one in datasets:
        for place, column in enumerate(one.design.columns):
            _item(version, one, place, column)
    for name in used:
        _code_list(version, name, datasets)
    return ExportFile("define.xml", len(datasets), checked(root, "define", "2.1"))


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{ODM}}}{tag}", attributes)


def _def(parent: Any, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{DEF}}}{tag}", attributes)


def _describe(parent: Any, words: str) -> None:
    text = _add(_add(parent, "Description"), "TranslatedText")
    text.set(XML_LANGUAGE, "en")
    text.text = words


def _standards(version: Any, standard: tuple[str, str]) -> None:
    standards = _def(version, "Standards")
    _def(standards, "Standard", OID=_STANDARD, Name=standard[0], Type="IG", Version=standard[1], Status="Final")
    terms = {"Type": "CT", "PublishingSet": "SDTM", "Version": CT_VERSION, "Status": "Final"}
    _def(standards, "Standard", OID=_TERMS, Name="CDISC/NCI", **terms)


def _group(version: Any, dataset: Dataset, purpose: str) -> None:
    design, name = dataset.design, dataset.name
    group = _add(
        version,
        "ItemGroupDef",
        OID=f"IG.{name}",
        Name=name,
        Domain=name.removeprefix("SUPP"),
        SASDatasetName=name,
        Repeating="No" if name in ("DM", "ADSL") else "Yes",
        IsReferenceData="Yes" if design.reference else "No",
        Purpose=purpose,
    )
    group.set(f"{{{DEF}}}Structure", design.structure)
    group.set(f"{{{DEF}}}StandardOID", _STANDARD)
    group.set(f"{{{DEF}}}ArchiveLocationID", f"LF.{name}")
    _describe(group, design.label)
    for place, column in enumerate(design.columns, start=1):
        asked = {"Mandatory": "Yes" if column.required else "No", "OrderNumber": str(place), "Role": column.role}
        if column.key:
            asked["KeySequence"] = str(column.key)
        if purpose == "Analysis":
            del asked["Role"]
        _add(group, "ItemRef", ItemOID=f"IT.{name}.{column.name}", **asked)
    _def(group, "Class", Name=design.kind)
    leaf = _def(group, "leaf", ID=f"LF.{name}")
    leaf.set(f"{{{XLINK}}}href", f"{name.lower()}.xpt")
    _def(leaf, "title").text = f"{name.lower()}.xpt"


def _item(version: Any, dataset: Dataset, place: int, column: Column) -> None:
    facts = {"DataType": _TYPES[column.kind], "SASFieldName": column.name}
    if column.kind != "datetime":
        facts["Length"] = str(dataset.length(place))
    if column.kind == "float":
        facts["SignificantDigits"] = "3"
    item = _add(version, "ItemDef", OID=f"IT.{dataset.name}.{column.name}", Name=column.name, **facts)
    if column.kind == "day":
        item.set(f"{{{DEF}}}DisplayFormat", DAY_FORMAT)
    _describe(item, column.label)
    if column.terms:
        _add(item, "CodeListRef", CodeListOID=f"CL.{column.terms}")
    _def(item, "Origin", Type=column.origin, Source=_SOURCES[column.origin])


def _code_list(version: Any, name: str, datasets: Sequence[Dataset]) -> None:
    """The terms that occur; those of the list that do not are left out, as the standard asks."""
    known = CODE_LISTS.get(name, CodeList(name.capitalize(), "", {}))
    occurring = {
        str(row[place])
        for one in datasets
        for place, column in enumerate(one.design.columns)
        if column.terms == name
        for row in one.rows
        if row[place]
    }
    listed = _add(version, "CodeList", OID=f"CL.{name}", Name=known.name, DataType="text")
    if known.code:
        listed.set(f"{{{DEF}}}StandardOID", _TERMS)
    else:
        listed.set(f"{{{DEF}}}IsNonStandard", "Yes")
    for term in sorted(occurring or known.terms or {""}):
        item = _add(listed, "EnumeratedItem", CodedValue=term)
        if code := known.terms.get(term):
            _add(item, "Alias", Context="nci:ExtCodeID", Name=code)
    if known.code:
        _add(listed, "Alias", Context="nci:ExtCodeID", Name=known.code)
