"""What a case's document says to the safety database: fields of the CIOMS I form and of ICH E2B(R3).

The same document is made for every case; where its subject stays blinded, it says so in place of the treatment.
Field numbers are recalled, not read from the forms: check them against the safety database's own table.
"""

import csv
from dataclasses import dataclass
from datetime import date
from io import StringIO

from irt.blinding.views import UnblindedView

HEADS = ("E2B(R3)", "CIOMS I", "Field", "Value")
STAYS_BLINDED = "blinded, not unblinded for this case"


@dataclass(frozen=True)
class CaseFacts(UnblindedView):
    """One assessed case. `arms` is empty where the subject stays blinded."""

    number: str
    protocol: str
    country: str
    subject: str
    arms: tuple[str, ...]
    serious: bool
    suspected: bool
    expected: bool
    reason: str
    first_day: date | None
    last_day: date | None
    assessed_on: date
    person: str


def case_lines(facts: CaseFacts) -> tuple[tuple[str, str, str, str], ...]:
    """Element, box, name, value; in the order of the message."""
    drug = ", ".join(facts.arms) or STAYS_BLINDED
    return (
        ("C.1.1", "24b", "Sender's report identifier", facts.number),
        ("C.1.3", "24d", "Type of report", "report from study"),
        ("C.1.5", "24c", "Date of most recent information", facts.assessed_on.isoformat()),
        ("C.5.3", "24b", "Sponsor study number", facts.protocol),
        ("D.1.1.4", "1", "Investigation number of the patient", facts.subject),
        ("E.i.9", "1a", "Country", facts.country),
        ("E.i.3.2", "8-12", "Serious", _yes_no(facts.serious)),
        ("G.k.1", "14", "Role of the drug", "suspect" if facts.suspected else "not suspected"),
        ("G.k.2.2", "14", "Medicinal product", drug),
        ("G.k.2.5", "14", "Investigational product blinded", "false" if facts.arms else "true"),
        ("G.k.4.r.4", "18", "First kit of the study given", _day(facts.first_day)),
        ("G.k.4.r.5", "18", "Last kit of the study given", _day(facts.last_day)),
        ("G.k.9.i.2", "20", "Suspected relation", _yes_no(facts.suspected)),
        ("H.4", "7+13", "Expected by the reference safety information", _yes_no(facts.expected)),
        ("H.1", "7+13", "Reason", facts.reason),
        ("C.3.3", "24a", "Assessed by", facts.person),
    )


def case_csv(facts: CaseFacts) -> bytes:
    """The document as a table for the safety database's import."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADS)
    writer.writerows(case_lines(facts))
    return text.getvalue().encode()


def _yes_no(holds: bool) -> str:
    return "yes" if holds else "no"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "none"
