"""The three spellings of a message behind one door."""

from collections.abc import Callable
from enum import StrEnum

from irt.messages.csv_text import csv_of, message_in_csv
from irt.messages.json_text import json_of, message_in_json
from irt.messages.message import Message
from irt.messages.refusals import MessageTooLarge
from irt.messages.xml_text import message_in_xml, xml_of

BYTES_MAX = 8 * 1024 * 1024


class Format(StrEnum):
    """How a message is spelled."""

    JSON = "json"
    CSV = "csv"
    XML = "xml"


_WRITE: dict[Format, Callable[[Message], bytes]] = {Format.JSON: json_of, Format.CSV: csv_of, Format.XML: xml_of}
_READ: dict[Format, Callable[[bytes], Message]] = {
    Format.JSON: message_in_json,
    Format.CSV: message_in_csv,
    Format.XML: message_in_xml,
}


def written(message: Message, spelling: Format) -> bytes:
    """The message in that spelling."""
    return _WRITE[spelling](message)


def read(data: bytes, spelling: Format) -> Message:
    """The message in these bytes; a refusal by name where there is none."""
    if len(data) > BYTES_MAX:
        raise MessageTooLarge(
            f"The file is larger than {BYTES_MAX // 1024 // 1024} MB. Nothing was booked. Send fewer kits at once."
        )
    return _READ[spelling](data)
