"""The XML schema of the messages, written by the values themselves; what it writes is shipped beside it."""

from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from lxml import etree

from irt.messages.catalogue import ITEMS, KINDS, KITS, has_items, hints_of, line_of
from irt.messages.fields import XmlType
from irt.messages.message import ITEMS_MAX, KITS_MAX, ItemLine, Line, Message
from irt.messages.xml_text import NAMESPACE

_XS = "http://www.w3.org/2001/XMLSchema"
_PREFIXES: Any = {"xs": _XS, None: NAMESPACE}


def written_xml_schema() -> bytes:
    """The schema: an element for each kind of message, its fields in order, and the types they share."""
    schema = _element("schema", targetNamespace=NAMESPACE, elementFormDefault="qualified", version="1")
    types: dict[str, etree._Element] = {}
    for kind in KINDS:
        schema.append(_message(kind, types))
    schema.extend(types[name] for name in sorted(types))
    return etree.tostring(schema, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _message(kind: type[Message], types: dict[str, etree._Element]) -> etree._Element:
    element = _element("element", name=kind.model_fields["kind"].default)
    said = etree.SubElement(etree.SubElement(element, _xs("annotation")), _xs("documentation"))
    said.text = kind.__doc__
    fields = _sequence(element)
    for name, hint in hints_of(kind).items():
        if name in kind.model_fields and name not in ("kind", KITS, ITEMS):
            fields.append(_field(name, hint, types))
    line = line_of(kind)
    if line is not None:
        fields.append(_lines(KITS, "kit", KITS_MAX, line, types))
    if has_items(kind):
        items = _lines(ITEMS, "item", ITEMS_MAX, ItemLine, types)
        items.set("minOccurs", "0")
        fields.append(items)
    return element


def _lines(
    name: str, each: str, most: int, line: type[Line] | type[ItemLine], types: dict[str, etree._Element]
) -> etree._Element:
    """A list of lines with their fields in order."""
    lines = _element("element", name=name)
    one = etree.SubElement(_sequence(lines), _xs("element"), name=each, minOccurs="0", maxOccurs=str(most))
    parts = _sequence(one)
    for field, hint in hints_of(line).items():
        if field in line.model_fields:
            parts.append(_field(field, hint, types))
    return lines


def _field(name: str, hint: Any, types: dict[str, etree._Element]) -> etree._Element:
    least, most, value = _how_often(hint)
    element = _element("element", name=name, type=_type(value, types))
    if least != 1:
        element.set("minOccurs", str(least))
    if most != "1":
        element.set("maxOccurs", most)
    return element


def _how_often(hint: Any) -> tuple[int, str, Any]:
    """At least, at most, and the type of one value."""
    if get_origin(hint) is tuple:
        return 0, "unbounded", get_args(hint)[0]
    parts = get_args(hint)
    if NoneType in parts:
        return 0, "1", next(part for part in parts if part is not NoneType)
    return 1, "1", hint


def _type(value: Any, types: dict[str, etree._Element]) -> str:
    """The name of a simple type, which is added where it is new."""
    if get_origin(value) is Annotated:
        known = next(each for each in get_args(value) if isinstance(each, XmlType))
        types.setdefault(known.name, _restricted(known))
        return known.name
    if get_origin(value) is Literal:
        return _listed("version", [str(each) for each in get_args(value)], types)
    if isinstance(value, type) and issubclass(value, StrEnum):
        return _listed(value.__name__.lower(), [each.value for each in value], types)
    raise TypeError(f"no XML type for {value}")


def _listed(name: str, values: list[str], types: dict[str, etree._Element]) -> str:
    simple = _element("simpleType", name=name)
    restriction = etree.SubElement(simple, _xs("restriction"), base="xs:string")
    for each in values:
        etree.SubElement(restriction, _xs("enumeration"), value=each)
    types.setdefault(name, simple)
    return name


def _restricted(known: XmlType) -> etree._Element:
    simple = _element("simpleType", name=known.name)
    restriction = etree.SubElement(simple, _xs("restriction"), base=known.base)
    if known.pattern:
        etree.SubElement(restriction, _xs("pattern"), value=known.pattern)
    if known.longest is not None:
        etree.SubElement(restriction, _xs("maxLength"), value=str(known.longest))
    return simple


def _sequence(parent: etree._Element) -> etree._Element:
    return etree.SubElement(etree.SubElement(parent, _xs("complexType")), _xs("sequence"))


def _element(tag: str, **facts: str) -> etree._Element:
    return etree.Element(_xs(tag), attrib=facts, nsmap=_PREFIXES)


def _xs(tag: str) -> str:
    return f"{{{_XS}}}{tag}"
