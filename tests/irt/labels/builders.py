"""Texts of labels for tests: whole ones, by region."""

from typing import Any

from irt.labels.particulars import Packaging
from irt.labels.text import LabelText

WHOLE = {
    "kit": "Kit no. {kit}",
    "trial": "Protocol {protocol}",
    "contact": "{sponsor}, 1 High Street, Leeds. Telephone {help_phone}",
    "product": "Lumirex 140 mg/mL or placebo",
    "form": "Solution for injection, under the skin, 1 pen",
    "batch": "Lot {lot}",
    "subject": "Subject ________ Visit ____",
    "investigator": "Investigator ________",
    "directions": "Use as the trial staff told you.",
    "trial_use": "For clinical trial use only",
    "storage": "Store at 2 to 8 °C. Do not freeze.",
    "use_by": "Use by {use_by}",
    "children": "Keep out of reach of children",
}
"""Every particular that the European Union asks for."""

AMERICAN = {
    "kit": "Kit {kit}",
    "trial": "Protocol {protocol}",
    "caution": "Caution: New Drug. Limited by Federal (or United States) law to investigational use.",
}


def a_text(country: str = "DE", packaging: Packaging = Packaging.OUTER, **changes: Any) -> LabelText:
    """A whole text with some particulars changed; None takes one out."""
    particulars = {code: said for code, said in {**WHOLE, **changes}.items() if said is not None}
    return LabelText(country, "de", packaging, particulars)
