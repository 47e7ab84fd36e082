"""Datasets as SAS transport files of version 5, by the layout that SAS published as TS-140.

Records are 80 bytes. Numbers are IBM doubles: a sign, a power of 16 off by 64, 14 hexadecimal digits. A number that
is missing is a full stop and zeros. Texts are ASCII, padded with blanks: an accent is left out, what ASCII lacks
is written as a question mark.
"""

import struct
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime

from irt.errors import IntegrityFault
from irt.exports.dataset import TEXT_MAX, Cell, Dataset
from irt.exports.files import ExportFile

_RECORD = 80
_NAME_MAX, _LABEL_MAX = 8, 40
_DAY_0 = date(1960, 1, 1)
_DAY_FORMAT = (b"DATE    ", 9)
_MISSING = b"." + b"\0" * 7
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MARK = "HEADER RECORD*******{:<8}HEADER RECORD!!!!!!!{}  "


def transport_file(dataset: Dataset, made_at: datetime) -> ExportFile:
    """The file of one dataset; IntegrityFault where a name or a label would not fit."""
    _check(dataset)
    made, columns = _made(made_at), dataset.design.columns
    lengths = [dataset.length(place) if not one.numeric else 8 for place, one in enumerate(columns)]
    names = b"".join(_names(dataset, lengths))
    observations = b"".join(_observation(row, dataset, lengths) for row in dataset.rows)
    head = (
        _MARK.format("LIBRARY", "0" * 30)
        + f"{'SAS':<8}{'SAS':<8}{'SASLIB':<8}{'9.4':<8}{'irt':<8}{'':24}{made}"
        + f"{made:<80}"
        + _MARK.format("MEMBER", "000000000000000001600000000140")
        + _MARK.format("DSCRPTR", "0" * 30)
        + f"{'SAS':<8}{dataset.name:<8}{'SASDATA':<8}{'9.4':<8}{'irt':<8}{'':24}{made}"
        + f"{made}{'':16}{dataset.design.label:<40}{'':8}"
        + _MARK.format("NAMESTR", f"000000{len(columns):04}{'0' * 20}")
    )
    body = _padded(names) + _MARK.format("OBS", "0" * 30).encode() + _padded(observations)
    return ExportFile(f"{dataset.name.lower()}.xpt", len(dataset.rows), head.encode("ascii") + body)


def plain(text: str) -> str:
    """The text in ASCII, at most TEXT_MAX letters."""
    apart = unicodedata.normalize("NFKD", text)
    kept = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return kept.encode("ascii", errors="replace").decode()[:TEXT_MAX]


def ibm_double(number: float) -> bytes:
    """Eight bytes; exact wherever 56 bits hold the number."""
    if number == 0:
        return b"\0" * 8
    power, rest = 64, abs(number)
    while rest >= 1:
        power, rest = power + 1, rest / 16
    while rest < 1 / 16:
        power, rest = power - 1, rest * 16
    sign = 0x80 if number < 0 else 0
    return bytes([sign | power]) + round(rest * 2**56).to_bytes(7, "big")


def _check(dataset: Dataset) -> None:
    told = [(dataset.name, dataset.design.label), *((one.name, one.label) for one in dataset.design.columns)]
    for name, label in told:
        if len(name) > _NAME_MAX or len(label) > _LABEL_MAX or not (name + label).isascii():
            raise IntegrityFault(f"{name} ({label}) does not fit a transport file of version 5")


def _made(at: datetime) -> str:
    return f"{at.day:02}{_MONTHS[at.month - 1]}{at.year % 100:02}:{at:%H:%M:%S}"


def _names(dataset: Dataset, lengths: list[int]) -> Iterator[bytes]:
    position = 0
    for place, (column, length) in enumerate(zip(dataset.design.columns, lengths, strict=True), start=1):
        shown, width = _DAY_FORMAT if column.kind == "day" else (b" " * 8, 0)
        yield struct.pack(
            ">hhhh8s40s8shhh2s8shhl52s",
            *(1 if column.numeric else 2, 0, length, place),
            *(f"{column.name:<8}".encode(), f"{column.label:<40}".encode(), shown),
            *(width, 0, 0, b"\0\0", b" " * 8, 0, 0, position, b"\0" * 52),
        )
        position += length


def _observation(row: tuple[Cell, ...], dataset: Dataset, lengths: list[int]) -> bytes:
    cells = zip(row, dataset.design.columns, lengths, strict=True)
    return b"".join(_cell(cell, column.numeric, length) for cell, column, length in cells)


def _cell(cell: Cell, numeric: bool, length: int) -> bytes:
    if numeric:
        number = (date.fromisoformat(cell) - _DAY_0).days if isinstance(cell, str) and cell else cell
        return _MISSING if number is None or isinstance(number, str) else ibm_double(number)
    return plain(str(cell or "")).encode()[:length].ljust(length)


def _padded(content: bytes) -> bytes:
    return content + b" " * (-len(content) % _RECORD)
