"""What a scanner reads: a plain kit number, or GS1 text whose serial number (AI 21) is the kit number."""

import re

_PLAIN = re.compile(r"\d{4,12}")
_GROUP_SEPARATOR = "\x1d"
_FIXED_LENGTHS = {"01": 14, "11": 6, "15": 6, "17": 6}


def kit_number_in(read: str) -> str | None:
    """The kit number in what was scanned or typed; None where there is none. Spaces are ignored."""
    text = read.strip()
    compact = re.sub(r"\s", "", text)
    if _PLAIN.fullmatch(compact):
        return compact
    return _serial(_without_symbology(text))


def _without_symbology(text: str) -> str:
    """Scanners may prefix the kind of symbol, as ]d2 for GS1 DataMatrix, and send its first sign as a separator."""
    return (text[3:] if text.startswith("]") else text).lstrip(_GROUP_SEPARATOR)


def _serial(text: str) -> str | None:
    if text.startswith("("):
        found = re.search(r"\(21\)([^(]+)", text)
        return found.group(1).strip() if found else None
    while len(text) > 2:
        identifier, rest = text[:2], text[2:]
        if identifier == "21":
            return rest.split(_GROUP_SEPARATOR)[0] or None
        if identifier in _FIXED_LENGTHS:
            text = rest[_FIXED_LENGTHS[identifier] :]
        elif identifier == "10" and _GROUP_SEPARATOR in rest:
            text = rest.split(_GROUP_SEPARATOR, 1)[1]
        else:
            return None
    return None
