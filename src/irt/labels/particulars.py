"""What a label must say, by region and packaging, each with the clause that asks for it."""

from enum import StrEnum
from typing import NamedTuple


class Packaging(StrEnum):
    """The box that is handed over, or what touches the product in it."""

    OUTER = "outer"
    IMMEDIATE = "immediate"


class Region(StrEnum):
    """Countries under one law of labelling."""

    EU = "eu"
    UK = "uk"
    US = "us"
    ELSEWHERE = "elsewhere"


class Particular(NamedTuple):
    """One thing a label says: its code, what it is, and the placeholders it is nothing without."""

    code: str
    title: str
    needs: tuple[str, ...] = ()


PARTICULARS = (
    Particular("kit", "Kit number, which is the treatment number", ("kit",)),
    Particular("trial", "Trial reference", ("protocol",)),
    Particular("contact", "Main contact: name, address and telephone number"),
    Particular("product", "Name and strength, under a blind with those of the comparator"),
    Particular("form", "Form, route and quantity"),
    Particular("batch", "Batch or code number", ("lot",)),
    Particular("subject", "Subject and visit, to be written in"),
    Particular("investigator", "Investigator"),
    Particular("directions", "Directions for use"),
    Particular("trial_use", "For clinical trial use only"),
    Particular("caution", "Caution of the United States"),
    Particular("storage", "Storage"),
    Particular("use_by", "Period of use", ("use_by",)),
    Particular("children", "Keep out of reach of children"),
)
"""Every particular, in the order of the label."""

BY_CODE = {one.code: one for one in PARTICULARS}

_EU = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS"),
        *("IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""The European Union with Iceland, Liechtenstein and Norway."""
_HOUSE = "kit number and protocol are how this system knows a kit"
_ANNEX = "Regulation (EU) 536/2014, Annex VI"
_OUTER = {
    "kit": "A.1 (1)(f)",
    "trial": "A.1 (1)(e)",
    "contact": "A.1 (1)(a)",
    "product": "A.1 (1)(b)",
    "form": "A.1 (1)(c)",
    "batch": "A.1 (1)(d)",
    "investigator": "A.1 (1)(g)",
    "directions": "A.1 (1)(h)",
    "trial_use": "A.1 (1)(i)",
    "storage": "A.1 (1)(j)",
    "use_by": "A.1 (1)(k)",
    "children": "A.1 (1)(l)",
}
_SMALL = dict.fromkeys(("kit", "trial", "contact", "form", "batch"), "A.2.2 (5)")
_SAME_IN_UK = "as in the European Union; the law of the United Kingdom is to be checked: Annex VI"
_CAUTION = "21 CFR 312.6(a)"


def _from(law: str, clauses: dict[str, str]) -> dict[str, str]:
    return {code: f"{law} {clause}" for code, clause in clauses.items()}


_HERE = {"kit": _HOUSE, "trial": _HOUSE}
REQUIRED: dict[tuple[Region, Packaging], dict[str, str]] = {
    (Region.EU, Packaging.OUTER): _from(_ANNEX, _OUTER),
    (Region.EU, Packaging.IMMEDIATE): _from(_ANNEX, _SMALL),
    (Region.UK, Packaging.OUTER): _from(_SAME_IN_UK, _OUTER),
    (Region.UK, Packaging.IMMEDIATE): _from(_SAME_IN_UK, _SMALL),
    **{(Region.US, packaging): {**_HERE, "caution": _CAUTION} for packaging in Packaging},
    **{(Region.ELSEWHERE, packaging): _HERE for packaging in Packaging},
}
"""Region and packaging -> code of each particular that is asked for -> the clause."""

_NEVER = frozenset({"kit", "trial", "caution"})
_KEPT_OUTSIDE = frozenset({(Region.EU, Packaging.OUTER, "use_by"), (Region.UK, Packaging.OUTER, "use_by")})
"""A system like this one is no reason to leave the period of use off the outer label; Annex VI lets it off the
immediate packaging alone."""


def region_of(country: str) -> Region:
    """The law of a country, by its ISO 3166 code."""
    if country in _EU:
        return Region.EU
    return {"GB": Region.UK, "US": Region.US}.get(country, Region.ELSEWHERE)


def may_be_left_off(region: Region, packaging: Packaging, code: str) -> bool:
    """Whether a justification may stand in for the particular (Annex VI D.9)."""
    return code not in _NEVER and (region, packaging, code) not in _KEPT_OUTSIDE
