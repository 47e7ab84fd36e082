"""Messages as XML, held against the schema that ships with the program before anything is made of them.

Strangers write these files: no entity is resolved, no document type taken, nothing fetched.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from irt.messages.catalogue import ITEMS, KITS, facts_of, has_items, head_fields, kind_of, line_of, made, repeated
from irt.messages.message import VERSION, Message
from irt.messages.refusals import MalformedMessage

NAMESPACE = f"urn:irt:messages:{VERSION}"
SCHEMA_FILE = f"messages-{VERSION}.xsd"
_LINES = {KITS: "kit", ITEMS: "item"}
_PREFIXES: Any = {None: NAMESPACE}
"""The stubs of lxml know no namespace without a prefix, nor what an error log holds."""


def xml_of(message: Message) -> bytes:
    """The message as an element named after its kind."""
    facts = facts_of(message)
    root = etree.Element(_name(facts["kind"]), nsmap=_PREFIXES)
    for name, value in facts.items():
        if name == "kind":
            continue
        if name in _LINES:
            lines = etree.SubElement(root, _name(name))
            for line in value:
                _fill(etree.SubElement(lines, _name(_LINES[name])), line)
        else:
            _fill(root, {name: value})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def message_in_xml(data: bytes) -> Message:
    """The message of an XML document; MalformedMessage with the schema's own words where it does not fit."""
    root = _root(data)
    name = etree.QName(root)
    kind = kind_of(name.localname, root.findtext(_name("schema_version")))
    schema = _schema()
    if not schema.validate(root):
        log: Any = schema.error_log
        fault = log[0]
        said = fault.message.replace(f"{{{NAMESPACE}}}", "")[:200]
        raise MalformedMessage(f"Line {fault.line}: {said} Nothing was booked. Correct it and send it again.")
    facts: dict[str, Any] = {"kind": name.localname}
    for field in head_fields(kind):
        found = [element.text or "" for element in root.findall(_name(field))]
        if repeated(kind, field):
            facts[field] = found
        elif found:
            facts[field] = found[0]
    if line_of(kind):
        facts[KITS] = _lines(root, KITS)
    if has_items(kind):
        facts[ITEMS] = _lines(root, ITEMS)
    return made(kind, facts)


@cache
def xml_schema() -> bytes:
    """The XML schema as it is shipped."""
    return (files("irt.messages") / SCHEMA_FILE).read_bytes()


def _schema() -> etree.XMLSchema:
    # Made anew for each message: a schema remembers its last faults, and several threads read messages.
    return etree.XMLSchema(etree.fromstring(xml_schema()))


def _root(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise MalformedMessage("It is no whole XML document. Nothing was booked. Send the file again.") from None
    told: Any = root.getroottree().docinfo
    if told.doctype:
        raise MalformedMessage("A message has no document type. Nothing was booked. Leave it out.")
    return root


def _fill(parent: etree._Element, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        for each in value if isinstance(value, list) else [value]:
            etree.SubElement(parent, _name(name)).text = str(each)


def _lines(root: etree._Element, name: str) -> list[dict[str, str]]:
    return [_texts(line) for line in root.iterfind(f"{_name(name)}/{_name(_LINES[name])}")]


def _texts(element: etree._Element) -> dict[str, str]:
    return {etree.QName(child).localname: child.text or "" for child in element}


def _name(field: str) -> str:
    return f"{{{NAMESPACE}}}{field}"
