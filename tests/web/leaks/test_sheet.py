"""Answers of every form are taken apart into fields and rows."""

from web.leaks.caller import Answer
from web.leaks.sheet import sheet_of, tokens

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
    assert sheet_of(Answer(200, "application/pdf", b"%PDF")).facts == {"size of the answer": ["4"]}
