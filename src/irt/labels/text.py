"""The text of a label for one country and language: what it lacks, and its lines for one kit."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from irt.labels.particulars import BY_CODE, PARTICULARS, REQUIRED, Packaging, may_be_left_off, region_of

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
OF_STUDY = ("protocol", "study", "sponsor", "help_phone")
OF_KIT = ("kit", "lot", "use_by")
PLACEHOLDERS = (*OF_STUDY, *OF_KIT)
"""What a text may name in braces."""
JUSTIFICATION_LENGTH_MIN = 10


@dataclass(frozen=True, slots=True)
class LabelText:
    """A label in words: code of a particular -> its text, and -> the justification where it is left off."""

    country: str
    language: str
    packaging: Packaging
    particulars: Mapping[str, str]
    omitted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KitWords:
    """What the placeholders of a text stand for. Lot and date are the blinded ones."""

    protocol: str
    study: str
    sponsor: str
    help_phone: str
    kit: str
    lot: str
    use_by: str


def problems_of(text: LabelText) -> tuple[str, ...]:
    """What keeps a text from its proof, in sentences; none where it is whole."""
    return (*_strange(text), *_lacking(text))


def lines_of(text: LabelText, words: KitWords) -> tuple[str, ...]:
    """The lines of one kit's label, in the order of the particulars."""
    said = (text.particulars.get(one.code, "") for one in PARTICULARS)
    return tuple(_filled(line.strip(), words) for each in said for line in each.splitlines() if line.strip())


def period_of_use(expiry: date) -> str:
    """Month and year, which mean the month's last day; the whole date where the last day is another."""
    if (expiry + timedelta(days=1)).day == 1:
        return f"{expiry:%m/%Y}"
    return expiry.isoformat()


def _strange(text: LabelText) -> Iterator[str]:
    """Particulars and placeholders that nobody knows."""
    for code in (*text.particulars, *text.omitted):
        if code not in BY_CODE:
            yield f"'{code}' is not a particular of a label."
    for code, said in text.particulars.items():
        for name in _PLACEHOLDER.findall(said):
            if name not in PLACEHOLDERS:
                known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                yield f"{_title(code)}: {{{name}}} stands for nothing. What may stand in braces: {known}."


def _lacking(text: LabelText) -> Iterator[str]:
    region = region_of(text.country)
    for code, clause in REQUIRED[region, text.packaging].items():
        if text.particulars.get(code, "").strip():
            continue
        if code not in text.omitted:
            yield f"{_title(code)} is missing ({clause})."
        elif not may_be_left_off(region, text.packaging, code):
            yield f"{_title(code)} cannot be left off the {text.packaging} label ({clause})."
        elif len(text.omitted[code].strip()) < JUSTIFICATION_LENGTH_MIN:
            yield f"{_title(code)} is left off without a justification ({clause})."
    for code, said in text.particulars.items():
        for name in BY_CODE[code].needs if code in BY_CODE and said.strip() else ():
            if f"{{{name}}}" not in said:
                yield f"{_title(code)}: the text must hold {{{name}}}."


def _title(code: str) -> str:
    return BY_CODE[code].title if code in BY_CODE else code


def _filled(line: str, words: KitWords) -> str:
    return _PLACEHOLDER.sub(lambda found: str(getattr(words, found[1], found[0])), line)
