"""Answers of every form, papers and letters are taken apart into fields and rows."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from irt.blinding.roles import Role
from irt.reads.named import NamedStudy
from irt.reads.unblinded_truth import TrueArm
from irt.services.store import Store
from irt.states.records import Mode
from web.leaks import letters
from web.leaks.caller import Answer
from web.leaks.letters import sheet_of_letters
from web.leaks.material import Material, Truth
from web.leaks.people import Looker, Place
from web.leaks.sheet import sheet_of, tokens
from web.pdf import Masthead, Sheets

PAGE = b"""<html><body><nav>Sign out</nav><main><h1>Subject</h1><script>var arm = 1</script>
<dl><dt>Screened</dt><dd>2 Mar  2026</dd></dl>
<table><thead><tr><th>Kit</th><th></th></tr></thead><tbody>
<tr><td>10001</td><td>ok</td></tr><tr><td>10002</td><td></td></tr></tbody></table></main></body></html>"""


def test_json_is_read_by_path_and_by_row() -> None:
    """A list's rows stand by themselves, with everything below them; how many there are is a field too."""
    answer = Answer(200, "application/json", b'{"at": 3, "kits": [{"n": "7", "b": true}, {"n": "9", "b": null}]}')
    sheet = sheet_of(answer)
    assert sheet.facts == {
        "size of the answer": [str(len(answer.body))],
        "at": ["3"],
        "kits[].n": ["7", "9"],
        "kits[].b": ["true"],
        "kits[] (rows)": ["2"],
    } or sheet.facts["kits (rows)"] == ["2"]
    assert [(row.name, row.place, row.rows, row.facts["kits[].n"]) for row in sheet.rows] == [
        ("kits[]", 0, 2, ["7"]),
        ("kits[]", 1, 2, ["9"]),
    ]


def test_a_page_is_read_by_its_tables_facts_and_words() -> None:
    """Without scripts and without the frame around the page."""
    sheet = sheet_of(Answer(200, "text/html; charset=utf-8", PAGE))
    assert sheet.facts["Screened"] == ["2 Mar 2026"]
    assert sheet.facts["table 1 Kit"] == ["10001", "10002"]
    assert sheet.facts["table 1 (rows)"] == ["2"]
    assert sheet.facts["text"] == ["Subject Screened 2 Mar 2026 Kit 10001 ok 10002"]
    assert [row.facts for row in sheet.rows] == [
        {"table 1 Kit": ["10001"], "table 1 column 2": ["ok"]},
        {"table 1 Kit": ["10002"]},
    ]
    assert list(tokens(sheet.rows[0].facts)) == ["10001", "ok"]


def test_files_are_read_where_they_are_text() -> None:
    """A CSV by its columns; of anything else its size."""
    sheet = sheet_of(Answer(200, "text/csv", "\ufeffkit,lot\n7,L1\n9,L2\n".encode()))
    assert sheet.facts["kit"] == ["7", "9"]
    assert [row.facts["lot"] for row in sheet.rows] == [["L1"], ["L2"]]
    assert sheet_of(Answer(200, "text/plain", b"a  b")).facts["text"] == ["a b"]
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><text>Kit 10007</text><text>L1</text></svg>'
    assert sheet_of(Answer(200, "image/svg+xml", svg)).facts["text"] == ["Kit 10007 L1"]
    assert sheet_of(Answer(200, "application/zip", b"PK")).facts == {"size of the answer": ["2"]}


def test_a_paper_is_read_line_by_line() -> None:
    """Words of a PDF stand in the order in which they are printed; each line is a row of its own."""
    sheet = sheet_of(Answer(200, "application/pdf", paper("Kit 10007 lot L1", "Kit 10009 lot L2")))
    assert sheet.facts["pages"] == ["1"]
    assert "Kit 10007 lot L1 Kit 10009 lot L2" in sheet.facts["text"][0]
    lines = [row.facts["line of the paper"][0] for row in sheet.rows]
    assert [line for line in lines if line.startswith("Kit")] == ["Kit 10007 lot L1", "Kit 10009 lot L2"]
    assert int(sheet.facts["lines of the paper (rows)"][0]) == len(lines)


def test_a_letter_is_a_row_of_whoever_it_names() -> None:
    """Its heading, its words, its size and its hour; how many there are is a field too."""
    sheet = sheet_of_letters([letter("1001-0001"), letter("1001-0002")])
    assert sheet.facts == {"letters (rows)": ["2"]}
    assert sheet.rows[1].facts == {
        "letter heading": ["NB-301: a code was broken"],
        "letter words": ["Subject 1001-0002 at 9."],
        "letter size": ["25"],
        "letter sent": ["2026-03-02T08:00:00+00:00"],
    }
    assert "1001-0002" in tokens(sheet.rows[1].facts)


def test_each_reader_s_letters_are_read(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written to somebody of a role belongs to whom it names; nobody reads another's letters."""
    sent = [("code_broken", letter("1001-0001")), ("code_broken", letter("1001-0002"))]
    monkeypatch.setattr(letters, "every_letter", lambda *of: iter(sent))
    truth = Truth({number: TrueArm(number, "1001", "A") for number in ("1001-0001", "1001-0002")}, {})
    readers = [Looker(Role.MONITOR, {}, {}, "pia@irt.example"), Looker(Role.PHARMACIST, {}, {}, "tom@irt.example")]
    place = Place(sqlite_store, NamedStudy(1, "NB-301", Mode.TRAINING), ["1001"], datetime(2026, 3, 2, tzinfo=UTC))
    material = Material()
    assert letters.read_letters(material, place, readers, truth) == 2
    field = "monitor letter code_broken | letter words"
    assert {number: seen[field] for number, seen in material.subjects.items()} == {
        number: [f"Subject {number} at 9."] for number in truth.arms
    }


def paper(*lines: str) -> bytes:
    """A paper of the house with these lines."""
    sheets = Sheets(Masthead("Packing list", "NB-301", "Pia", datetime(2026, 3, 2, 8, tzinfo=UTC)))
    for line in lines:
        sheets.cell(0, 5, line)
        sheets.ln(6)
    return bytes(sheets.output())


def letter(subject: str) -> EmailMessage:
    """A letter about a subject."""
    written = EmailMessage()
    written["Subject"], written["To"] = "NB-301: a code was broken", "pia@irt.example"
    written["Date"] = format_datetime(datetime(2026, 3, 2, 8, tzinfo=UTC))
    written.set_content(f"Subject {subject}\n at 9.\n")
    return written
