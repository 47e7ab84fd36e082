"""Messages in their three spellings: what was written is what is read, and nothing else is."""

import csv
import json
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree

from irt.messages import formats
from irt.messages.catalogue import ITEMS, KINDS, KITS, MESSAGES, has_items, line_of
from irt.messages.formats import Format, read, written
from irt.messages.json_text import json_schema
from irt.messages.message import Message
from irt.messages.orders import Manifest
from irt.messages.refusals import MalformedMessage, MessageTooLarge, UnknownKind, UnknownSchemaVersion
from irt.messages.xml_schema import written_xml_schema
from irt.messages.xml_text import NAMESPACE, xml_schema
from tests.irt.messages.builders import NUMBERS, an_example, messages

SCHEMA = json_schema()
EVERY = pytest.mark.parametrize("kind", KINDS, ids=list(MESSAGES))
SPELLED = pytest.mark.parametrize("spelling", list(Format))
DISPATCH = MESSAGES["dispatch"]


@settings(max_examples=150, deadline=None)
@given(message=messages())
def test_every_message_survives_every_spelling(message: Message) -> None:
    """The theorem: writing and reading is the identity, and the three spellings say the same."""
    for spelling in Format:
        again = read(written(message, spelling), spelling)
        assert again == message
        assert again.made_at.utcoffset() == message.made_at.utcoffset()


@settings(max_examples=60, deadline=None)
@given(message=messages())
def test_the_printed_schema_takes_every_message(message: Message) -> None:
    """The JSON Schema, with its formats checked, takes what is written."""
    facts = json.loads(written(message, Format.JSON))
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(facts)


@EVERY
@SPELLED
def test_a_whole_example_of_each_kind(kind: type[Message], spelling: Format) -> None:
    """Every field filled: nothing is lost, and kits come by number whatever the order they were given in."""
    example = an_example(kind)
    assert read(written(example, spelling), spelling) == example
    if line_of(kind):
        assert [kit.number for kit in getattr(example, KITS)] == sorted(NUMBERS)


def test_the_schemas_are_sound_and_the_shipped_one_is_the_written_one() -> None:
    """JSON Schema says so of itself; the XML schema beside the code is what the values write."""
    Draft202012Validator.check_schema(SCHEMA)
    assert xml_schema() == written_xml_schema()


@EVERY
def test_the_schemas_refuse_what_the_reader_refuses(kind: type[Message]) -> None:
    """A field too many, one too few, a moment without a zone."""
    facts = json.loads(written(an_example(kind), Format.JSON))
    checked = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    without = {name: value for name, value in facts.items() if name != "sequence"}
    for broken in ({**facts, "arm": "A"}, without, {**facts, "made_at": "2026-03-02T08:00:00"}):
        assert not checked.is_valid(broken)
        with pytest.raises(MalformedMessage):
            read(json.dumps(broken).encode(), Format.JSON)


def test_no_order_of_loading_or_picking_leaves_with_a_message() -> None:
    """Kits stand by number in every spelling: their order tells nothing of what is inside."""
    example = an_example(Manifest)
    backwards = an_example(Manifest, kits=[kit.model_dump() for kit in reversed(example.kits)])  # type: ignore[attr-defined]  # of any kind
    for spelling in Format:
        text = written(backwards, spelling).decode()
        assert text == written(example, spelling).decode()
        assert text.index(min(NUMBERS)) < text.index(max(NUMBERS))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if has_items(kind)])
def test_a_parcel_without_items_has_no_word_of_them(kind: type[Message]) -> None:
    """Who never sends any reads what it always read; with items each lot is a line of its own."""
    example = an_example(kind)
    without = example.model_copy(update={ITEMS: ()})
    for spelling in Format:
        assert b"item" not in written(without, spelling)
        assert read(written(without, spelling), spelling) == without
    heads, *rows = _table(written(example, Format.CSV))
    (last,) = [row for row in rows if row[heads.index("item_code")]]
    assert last == rows[-1]
    assert last[heads.index("item_code") :] == ["BAG", "B-0417", "2028-01-31", "12"]
    assert last[heads.index("kit_number")] == ""
    none = example.model_copy(update={KITS: ()})
    assert all(read(written(none, spelling), spelling) == none for spelling in Format)


def _table(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode(), newline="")))


def test_no_cell_is_a_formula() -> None:
    """What a spreadsheet would calculate begins with an apostrophe, and is read back without it."""
    example = an_example(DISPATCH, carrier="=HYPERLINK(1)", waybill="-1", monitors=["+1", "@a", "'b"])
    data = written(example, Format.CSV)
    assert not [cell for row in _table(data) for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert data.count(b'"') >= 2 * sum(map(len, _table(data)))
    assert read(data, Format.CSV) == example


def _csv(**changes: str) -> bytes:
    """The table of a dispatch with its second row changed."""
    heads, *rows = _table(written(an_example(DISPATCH), Format.CSV))
    for name, value in changes.items():
        if name not in heads:
            heads.append(name)
            for row in rows:
                row.append("")
        rows[-1][heads.index(name)] = value
    text = StringIO()
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue().encode()


def _xml(inner: str, before: str = "") -> bytes:
    return f'{before}<dispatch xmlns="{NAMESPACE}"><schema_version>1</schema_version>{inner}</dispatch>'.encode()


def _json(**changes: Any) -> bytes:
    return json.dumps({**json.loads(written(an_example(DISPATCH), Format.JSON)), **changes}).encode()


ENTITY = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("data", "spelling", "kind"),
    [
        (b"", Format.JSON, MalformedMessage),
        (b"[1]", Format.JSON, MalformedMessage),
        (b"\xff\xfe", Format.JSON, MalformedMessage),
        (b"[" * 100_000, Format.JSON, MalformedMessage),
        (b'{"kind": "dispatch", "kind": "receipt"}', Format.JSON, MalformedMessage),
        (b'{"a": NaN}', Format.JSON, MalformedMessage),
        (_json(kind="teleport"), Format.JSON, UnknownKind),
        (_json(kind=["dispatch"]), Format.JSON, UnknownKind),
        (_json(schema_version="2"), Format.JSON, UnknownSchemaVersion),
        (_json(sequence="7"), Format.JSON, MalformedMessage),
        (_json(sequence=0), Format.JSON, MalformedMessage),
        (_json(made_at=1_700_000_000), Format.JSON, MalformedMessage),
        (_json(study="NB\u0000-301"), Format.JSON, MalformedMessage),
        (_json(kits=[{"number": "1"}, {"number": "1"}]), Format.JSON, MalformedMessage),
        (b"", Format.CSV, MalformedMessage),
        (b"kind,kind\r\na,b\r\n", Format.CSV, MalformedMessage),
        (b"kind,schema_version\r\ndispatch\r\n", Format.CSV, MalformedMessage),
        (_csv(arm="A"), Format.CSV, MalformedMessage),
        (_csv(waybill="another"), Format.CSV, MalformedMessage),
        (_csv(kit_number="107342"), Format.CSV, MalformedMessage),
        (_csv(kit_number='"'), Format.CSV, MalformedMessage),
        (_csv(item_code="BAG"), Format.CSV, MalformedMessage),
        (b"", Format.XML, MalformedMessage),
        (b"<dispatch", Format.XML, MalformedMessage),
        (_xml("<arm>A</arm>"), Format.XML, MalformedMessage),
        (_xml("<message_id>&e;</message_id>", ENTITY), Format.XML, MalformedMessage),
        (_xml("<message_id>&c;</message_id>", LAUGHS), Format.XML, MalformedMessage),
        (_xml("").replace(b"dispatch", b"teleport"), Format.XML, UnknownKind),
        (_xml("").replace(b">1<", b">2<"), Format.XML, UnknownSchemaVersion),
    ],
)
def test_what_is_no_message_is_refused_by_name(data: bytes, spelling: Format, kind: type[Exception]) -> None:
    """Whatever a stranger sends: a named refusal that says nothing was booked, or what is known."""
    with pytest.raises(kind) as refused:
        read(data, spelling)
    assert "Nothing was booked" in str(refused.value)


def test_a_document_type_is_refused_even_where_its_entities_are_not_used() -> None:
    """A document type has no business in a message."""
    example = written(an_example(DISPATCH), Format.XML)
    prolog, body = example.split(b"\n", 1)
    with pytest.raises(MalformedMessage, match="document type"):
        read(prolog + ENTITY.encode() + body, Format.XML)


def test_nothing_is_read_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large is refused before it is looked at."""
    monkeypatch.setattr(formats, "BYTES_MAX", 10)
    for spelling in Format:
        with pytest.raises(MessageTooLarge):
            read(b"x" * 11, spelling)


def test_a_schema_of_another_hand_agrees() -> None:
    """The XML schema is taken by lxml, and a swapped order of fields is not."""
    schema = etree.XMLSchema(etree.fromstring(xml_schema()))
    document = etree.fromstring(written(an_example(DISPATCH), Format.XML))
    assert schema.validate(document)
    document.insert(0, document[1])
    assert not schema.validate(document)
