"""Letters as their readers hold them: what each role is sent, taken apart like an answer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from email.message import EmailMessage

from sqlalchemy import Connection

from irt.reads.named import NamedStudy
from irt.services.letters import every_letter
from web.leaks.material import Material, Owner, Truth
from web.leaks.people import Looker, Place
from web.leaks.sheet import ListRow, Sheet

SENDER = "irt@irt.example"


def read_letters(material: Material, place: Place, lookers: Sequence[Looker], truth: Truth) -> int:
    """Adds every letter that was written to one of them so far; gives how many there were."""
    with place.store.reading() as connection:
        found = _by_role_and_kind(connection, place, {each.address: each for each in lookers})
    known: set[str] = set()
    for (role, kind), letters in found.items():
        sheet = sheet_of_letters(letters)
        if (said := repr(sheet)) not in known:
            known.add(said)
            material.take(f"{role} letter {kind}", Owner(), sheet, truth)
    return sum(map(len, found.values()))


def _by_role_and_kind(
    connection: Connection, place: Place, readers: dict[str, Looker]
) -> dict[tuple[str, str], list[EmailMessage]]:
    found: dict[tuple[str, str], list[EmailMessage]] = defaultdict(list)
    study: NamedStudy = place.study
    for kind, letter in every_letter(connection, study.id, SENDER, place.at):
        for address in letter["To"].addresses:
            if (reader := readers.get(address.addr_spec)) is not None:
                found[str(reader.role), kind].append(letter)
    return found


def sheet_of_letters(letters: Iterable[EmailMessage]) -> Sheet:
    """Each letter as a row of a list: who is named in it has what it says, its size and its hour."""
    facts = [_facts(letter) for letter in letters]
    rows = [ListRow("letters", place, len(facts), each) for place, each in enumerate(facts)]
    return Sheet({"letters (rows)": [str(len(rows))]}, rows)


def _facts(letter: EmailMessage) -> dict[str, list[str]]:
    words = letter.get_content()
    return {
        "letter heading": [str(letter["Subject"])],
        "letter words": [" ".join(words.split())],
        "letter size": [str(len(words))],
        "letter sent": [letter["Date"].datetime.isoformat()],
    }
