"""Randomization and dispensing facts for the data capture, as CDISC ODM 1.3.2: a push that may be repeated.

The file is transactional and every record says Upsert, so that taking it twice changes nothing. It has no place for
an arm, a kit type or a bulk lot: ITEMS is all that may leave. People are not named; every record is the system's.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lxml import etree

from irt import __version__
from irt.exports.dataset_json import seconds
from irt.exports.facts import StudyData
from irt.exports.files import ExportFile, csv_file
from irt.exports.moments import day, moment, when
from irt.exports.sdtm import Person, people_of
from irt.exports.transfer import COLUMNS, Told, flags, levels_text
from irt.exports.xml_files import ODM, XML_LANGUAGE, checked


class Item(NamedTuple):
    """A field of the push: its group, data type, longest value, and words for those who map it."""

    group: str
    kind: str
    length: int
    words: str


RANDOMIZATION, KIT = "RANDOMIZATION", "KIT"
ITEMS: dict[str, Item] = {
    "RANDNO": Item(RANDOMIZATION, "text", 40, "Randomization number"),
    "RANDDTC": Item(RANDOMIZATION, "text", 40, "Day or moment of randomization, with the site's offset"),
    "STRATA": Item(RANDOMIZATION, "text", 200, "Strata as entered, factor=level"),
    "STAGE": Item(RANDOMIZATION, "integer", 2, "1 for the first randomization of the subject"),
    "FLAGS": Item(RANDOMIZATION, "text", 100, "late_entry, in_error, wrong_stratum, remark"),
    "KITNO": Item(KIT, "text", 40, "Kit number"),
    "KITLOT": Item(KIT, "text", 40, "Lot as printed on the label"),
    "DISPDTC": Item(KIT, "text", 40, "Moment of handing over, with the site's offset"),
    "ASASSIGN": Item(KIT, "text", 1, "Y where it is the kit that was assigned, N where another was handed over"),
    "RETAMT": Item(KIT, "integer", 6, "Amount that came back"),
    "RETUNIT": Item(KIT, "text", 5, "Unit of that amount: kits or units"),
    "RETDTC": Item(KIT, "text", 10, "Day on which it came back"),
}
"""The allow-list of outbound fields."""

RECONCILED: tuple[Told, ...] = (
    Told("protocol", "the study's protocol number"),
    Told("site", "site number"),
    Told("subject", "subject number"),
    Told("status", "status of the subject"),
    Told("randomization", "randomization number of the first stage"),
    Told("randomized_on", "day at the site"),
    Told("booked_at", "moment of booking with the offset that held at the site"),
    Told("zone", "IANA zone of the site"),
    Told("strata", "factor=level as entered, separated by semicolons"),
    Told("visit", "code of the visit at which the kit was handed over"),
    Told("occurrence", "1 for the first time the visit was held"),
    Told("kit", "kit number"),
    Told("lot", "lot as printed"),
    Told("handed_over_at", "moment with offset"),
    Told("as_assigned", "Y or N"),
    Told("returned", "amount that came back"),
    Told("unit", "kits or units"),
    Told("returned_on", "day"),
)
"""The columns of the file that data management holds against its own; an allow-list as well."""

_EVENT = "SE.RANDOMIZATION"
_USER = "USER.IRT"


def odm_files(data: StudyData, made_at: datetime) -> tuple[ExportFile, ...]:
    """The push, the file to reconcile with, and what its columns mean."""
    people = list(people_of(data))
    rows = [row for one in people for row in _reconciled(one, data)]
    return (
        ExportFile("odm.xml", len(data.draws) + len(data.given), odm_push(data, people, made_at)),
        csv_file("reconciliation.csv", [one.name for one in RECONCILED], rows),
        csv_file(COLUMNS, ("column", "meaning"), RECONCILED),
    )


def odm_push(data: StudyData, people: Iterable[Person], made_at: datetime) -> bytes:
    """The document; IntegrityFault where the standard's schema does not hold."""
    study = data.study
    root = etree.Element(
        f"{{{ODM}}}ODM",
        {
            "ODMVersion": "1.3.2",
            "FileType": "Transactional",
            "FileOID": f"{study.protocol}.{study.mode}.{made_at:%Y%m%dT%H%M%SZ}",
            "CreationDateTime": seconds(made_at),
            "AsOfDateTime": seconds(data.newest_at),
            "Originator": study.sponsor,
            "SourceSystem": "irt",
            "SourceSystemVersion": __version__,
        },
        nsmap=_SPACES,
    )
    events = _events(data)
    _metadata(root, data, events)
    _administration(root, data)
    clinical = _add(root, "ClinicalData", StudyOID=study.protocol, MetaDataVersionOID="MDV.1")
    for one in people:
        if one.draws or one.given:
            _subject(clinical, one)
    return checked(root, "odm", "1.3.2")


_SPACES: Any = {None: ODM}


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{ODM}}}{tag}", attributes)


def _events(data: StudyData) -> dict[str, str]:
    """Event -> name: every visit of the schedule, and others at which something was handed over."""
    visits = {visit.code: visit.name for visit in data.study.visits}
    return {code: visits.get(code, code) for code in dict.fromkeys([*visits, *(one.visit for one in data.given)])}


def _metadata(root: Any, data: StudyData, events: Mapping[str, str]) -> None:
    study = _add(root, "Study", OID=data.study.protocol)
    names = _add(study, "GlobalVariables")
    for tag, text in (("StudyName", data.study.name), ("StudyDescription", data.study.title)):
        _add(names, tag).text = text
    _add(names, "ProtocolName").text = data.study.protocol
    version = _add(study, "MetaDataVersion", OID="MDV.1", Name="Randomization and dispensing")
    protocol = _add(version, "Protocol")
    codes = [_EVENT, *(f"SE.{code}" for code in events)]
    for place, code in enumerate(codes, start=1):
        _add(protocol, "StudyEventRef", StudyEventOID=code, OrderNumber=str(place), Mandatory="No")
    for code, name in ((_EVENT, "Randomization"), *((f"SE.{code}", name) for code, name in events.items())):
        kind = RANDOMIZATION if code == _EVENT else KIT
        event = _add(version, "StudyEventDef", OID=code, Name=name, Repeating="Yes", Type="Common")
        _add(event, "FormRef", FormOID=f"F.{kind}", Mandatory="No")
    for kind in (RANDOMIZATION, KIT):
        form = _add(version, "FormDef", OID=f"F.{kind}", Name=kind.capitalize(), Repeating="No")
        _add(form, "ItemGroupRef", ItemGroupOID=f"IG.{kind}", Mandatory="No")
    for kind in (RANDOMIZATION, KIT):
        repeats = "Yes" if kind == KIT else "No"
        group = _add(version, "ItemGroupDef", OID=f"IG.{kind}", Name=kind.capitalize(), Repeating=repeats)
        for name in (name for name, item in ITEMS.items() if item.group == kind):
            _add(group, "ItemRef", ItemOID=f"I.{name}", Mandatory="No")
    for name, item in ITEMS.items():
        told = _add(version, "ItemDef", OID=f"I.{name}", Name=name, DataType=item.kind, Length=str(item.length))
        text = _add(_add(told, "Description"), "TranslatedText")
        text.set(XML_LANGUAGE, "en")
        text.text = item.words


def _administration(root: Any, data: StudyData) -> None:
    admin = _add(root, "AdminData", StudyOID=data.study.protocol)
    user = _add(admin, "User", OID=_USER, UserType="Other")
    _add(user, "FullName").text = "Interactive response system"
    opened = data.study.opened_at.date().isoformat()
    for site, name in sorted({one.site: one.site_name for one in data.subjects}.items()):
        place = _add(admin, "Location", OID=f"LOC.{site}", Name=name, LocationType="Site")
        _add(
            place,
            "MetaDataVersionRef",
            StudyOID=data.study.protocol,
            MetaDataVersionOID="MDV.1",
            EffectiveDate=opened,
        )


def _subject(clinical: Any, one: Person) -> None:
    subject = _add(clinical, "SubjectData", SubjectKey=one.fact.number, TransactionType="Upsert")
    _add(subject, "SiteRef", LocationOID=f"LOC.{one.fact.site}")
    for draw in one.draws:
        local = day(draw.at.astimezone(one.zone).date())
        facts = {
            "RANDNO": draw.number,
            "RANDDTC": when(draw.on_day, draw.at, one.zone),
            "STRATA": levels_text(draw.levels),
            "STAGE": str(draw.stage),
            "FLAGS": ";".join(flags(draw, local)),
        }
        form = _form(subject, _EVENT, str(draw.stage), RANDOMIZATION)
        _group(form, RANDOMIZATION, "", facts, one, moment(draw.at, one.zone))
    forms: dict[tuple[str, int], Any] = {}
    for kit in one.given:
        key = (kit.visit, kit.occurrence)
        if key not in forms:
            forms[key] = _form(subject, f"SE.{kit.visit}", str(kit.occurrence + 1), KIT)
        facts = {
            "KITNO": kit.kit,
            "KITLOT": kit.lot,
            "DISPDTC": moment(kit.at, one.zone),
            "ASASSIGN": "Y" if kit.as_assigned else "N",
            "RETAMT": "" if kit.returned is None else str(kit.returned),
            "RETUNIT": "" if kit.returned is None else kit.counted_in,
            "RETDTC": day(kit.returned_on),
        }
        _group(forms[key], KIT, kit.kit, facts, one, moment(kit.at, one.zone))


def _form(subject: Any, event: str, repeat: str, kind: str) -> Any:
    told = _add(
        subject, "StudyEventData", StudyEventOID=event, StudyEventRepeatKey=repeat, TransactionType="Upsert"
    )
    return _add(told, "FormData", FormOID=f"F.{kind}", TransactionType="Upsert")


def _group(form: Any, kind: str, repeat: str, facts: Mapping[str, str], one: Person, at: str) -> None:
    key = {"ItemGroupRepeatKey": repeat} if repeat else {}
    group = _add(form, "ItemGroupData", ItemGroupOID=f"IG.{kind}", TransactionType="Upsert", **key)
    record = _add(group, "AuditRecord")
    _add(record, "UserRef", UserOID=_USER)
    _add(record, "LocationRef", LocationOID=f"LOC.{one.fact.site}")
    _add(record, "DateTimeStamp").text = at
    for name, value in facts.items():
        if ITEMS[name].group == kind and value:
            _add(group, "ItemData", ItemOID=f"I.{name}", Value=value)


def _reconciled(one: Person, data: StudyData) -> Iterable[list[str]]:
    """One row a kit; a subject without kits has one row."""
    first = one.draws[0] if one.draws else None
    common = [data.study.protocol, one.fact.site, one.fact.number, one.fact.status]
    if first is None:
        common += ["", "", "", one.fact.zone, ""]
    else:
        common += [first.number, day(first.on_day), moment(first.at, one.zone), one.fact.zone]
        common += [levels_text(first.levels)]
    rows = [
        [
            *(kit.visit, str(kit.occurrence + 1), kit.kit, kit.lot, moment(kit.at, one.zone)),
            "Y" if kit.as_assigned else "N",
            *(("", "") if kit.returned is None else (str(kit.returned), kit.counted_in)),
            day(kit.returned_on),
        ]
        for kit in one.given
    ]
    return [[*common, *row] for row in rows or [[""] * (len(RECONCILED) - len(common))]]
