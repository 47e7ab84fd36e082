"""`irt randomization`: JSON alone on standard output, one line for a refusal, never a traceback."""

import json

import pytest

from tests.irt.commands.running import Ran, Terminal

SEED = bytes(range(32)).hex()
NAME = "IRT-RNG/1|NB-301|efron/1|"
EFRON = {"method": "efron", "arms": ["A", "B"], "params": {"p": 0.7}}
SEX = [{"name": "sex", "levels": ["F", "M"]}]


@pytest.fixture
def terminal(monkeypatch, capsys, tmp_path):
    """In a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def written(tmp_path):
    """Writes a file of that name: a design, lines of queries, or a text."""

    def write(name: str, *content: object) -> str:
        lines = [each if isinstance(each, str) else json.dumps(each) for each in content]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return name

    return write


def asked(terminal: Terminal, design: str, queries: str) -> Ran:
    """Asks for chances."""
    return terminal.irt("randomization", "probabilities", design, "--queries", queries)


def drawn(terminal: Terminal, design: str, *words: str, n: int = 6) -> Ran:
    """Draws with the test's seed and name."""
    return terminal.irt("randomization", "draw", design, "--n", str(n), "--seed", SEED, "--stream-id", NAME, *words)


def test_it_answers_a_line_a_query(terminal, written):
    """In the order of the file, exactly."""
    design = written("d.json", EFRON)
    queries = written("q.jsonl", {"n": 9, "history": []}, {"history": [0]}, {"history": [1, 1]})
    ran = asked(terminal, design, queries)
    assert ran.exit_code == 0
    assert [json.loads(line)["probabilities"] for line in ran.out.splitlines()] == [
        ["1/2", "1/2"],
        ["3/10", "7/10"],
        ["7/10", "3/10"],
    ]
    assert ran.err == ""


def test_a_design_may_be_yaml(terminal, written):
    """With decimals read literally, and irrational chances with seventeen digits."""
    design = written("d.yaml", "method: adjustable_biased_coin", "arms: [A, B]", "params: {a: 0.5}")
    ran = asked(terminal, design, written("q.jsonl", {"history": [0, 0]}))
    assert json.loads(ran.out) == {"probabilities": ["0.41421356237309509", "0.58578643762690497"]}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "Line 2: not readable as JSON."),
        ('{"history": [NaN]}', "Line 2: not readable as JSON."),
        ("", "Line 2: not readable as JSON."),
        ('{"history": [5]}', "Line 2: Each arm of the history is a position from 0 to 1, not 5."),
    ],
)
def test_a_bad_line_is_refused_by_its_number(terminal, written, line, sentence):
    """And nothing is answered."""
    queries = written("q.jsonl", {"history": []}, line, {"history": [0]})
    ran = asked(terminal, written("d.json", EFRON), queries)
    assert ran.exit_code != 0
    assert ran.out == ""
    assert sentence in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({**EFRON, "method": "eforn"}, "There is no method eforn. Near it: efron"),
        ({**EFRON, "params": {}}, "efron needs its setting p"),
        ({**EFRON, "ratio": [2, 1]}, "efron is defined for two arms, one to one"),
        ({**EFRON, "factors": SEX}, "efron does not look at factors"),
        ("method: [", "not readable as YAML"),
    ],
)
def test_a_design_that_cannot_be_used_is_refused(terminal, written, design, words):
    """In one line."""
    for ran in (
        asked(terminal, written("d.json", design), written("q.jsonl", {"history": []})),
        drawn(terminal, written("d.json", design)),
    ):
        assert ran.exit_code != 0
        assert ran.out == ""
        assert words in ran.err
        assert len(ran.err.splitlines()) == 1


def test_missing_files_are_refused(terminal, written):
    """Designs, queries and subjects."""
    design = written("d.json", EFRON)
    for ran in (
        asked(terminal, "missing.json", design),
        asked(terminal, design, "missing.jsonl"),
        drawn(terminal, design, "--subjects", "missing.csv"),
    ):
        assert ran.exit_code != 0
        assert "No such file" in ran.err


def test_certainty_is_warned_of_on_standard_error(terminal, written):
    """The answer stands alone on standard output."""
    ran = asked(terminal, written("d.json", {**EFRON, "params": {"p": 1}}), written("q.jsonl", {"history": [0]}))
    assert ran.exit_code == 0
    assert json.loads(ran.out) == {"probabilities": ["0", "1"]}
    assert "warning: With p of 1" in ran.err


def test_a_draw_tells_all_that_is_needed_to_draw_again(terminal, written):
    """Arms, positions, chances, draws, one of each a subject; drawn again they are the same."""
    design = written("d.json", EFRON)
    ran = drawn(terminal, design, "--json")
    report = json.loads(ran.out)
    assert ran.exit_code == 0
    assert report["stream_id"] == NAME
    assert report["arms"] == ["AB"[arm] for arm in report["history"]]
    assert {len(report[part]) for part in ("arms", "history", "probabilities", "draws")} == {6}
    assert [draw["index"] for draw in report["draws"]] == [1, 2, 3, 4, 5, 6]
    assert drawn(terminal, design, "--json").out == ran.out


def test_the_chances_of_a_draw_are_those_of_the_questions(terminal, written):
    """Each prefix asked again."""
    design = written("d.json", {"method": "permuted_block", "arms": ["A", "B"], "params": {"block_sizes": [4, 6]}})
    report = json.loads(drawn(terminal, design, "--json", n=15).out)
    queries = written("q.jsonl", *({"history": report["history"][:place]} for place in range(15)))
    answered = asked(terminal, design, queries).out.splitlines()
    assert [json.loads(line)["probabilities"] for line in answered] == report["probabilities"]


def test_a_draw_is_readable_without_json(terminal, written):
    """A line a subject."""
    lines = drawn(terminal, written("d.json", EFRON), n=2).out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["1", "2"]
    assert lines[0].endswith("1/2 1/2")


def test_subjects_are_read_in_order_of_arrival(terminal, written):
    """More than are drawn may stand in the file; the columns in any order."""
    design = written("d.json", {"method": "minimization", "arms": ["A", "B"], "params": {"p": 1}, "factors": SEX})
    file = written("s.csv", "number,sex,response", "1,F,1", "2,F,", "3,M,0", "4,M,")
    report = json.loads(drawn(terminal, design, "--subjects", file, "--json", n=2).out)
    assert sorted(report["arms"]) == ["A", "B"]
    assert report["probabilities"][0] == ["1/2", "1/2"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("sex", "F"), "lists 1 subjects, but 2 are to be drawn"),
        (("age", "1", "2"), "line 2: The value of sex is missing"),
        (("sex", "F", "X"), "line 3: The factor sex has no level X"),
        (("sex,response", "F,2", "M,1"), "line 2: a response is 1, 0 or empty, not 2"),
    ],
)
def test_subjects_that_do_not_fit_are_refused(terminal, written, lines, words):
    """With the line of the file."""
    design = written("d.json", {"method": "minimization", "arms": ["A", "B"], "params": {"p": 0.8}, "factors": SEX})
    ran = drawn(terminal, design, "--subjects", written("s.csv", *lines), n=2)
    assert ran.exit_code != 0
    assert ran.out == ""
    assert words in ran.err


def test_factors_need_subjects(terminal, written):
    """Nobody is drawn without levels."""
    design = written("d.json", {"method": "minimization", "arms": ["A", "B"], "params": {"p": 0.8}, "factors": SEX})
    assert "--subjects" in drawn(terminal, design).err


@pytest.mark.parametrize(("seed", "words"), [("xyz", "not hexadecimal"), ("00" * 31, "31 bytes")])
def test_a_bad_seed_is_refused(terminal, written, seed, words):
    """And not shown."""
    design = written("d.json", EFRON)
    ran = terminal.irt("randomization", "draw", design, "--n", "3", "--seed", seed, "--stream-id", NAME)
    assert ran.exit_code != 0
    assert words in ran.err
    assert seed not in ran.err


def test_the_seed_is_not_in_the_report(terminal, written):
    """What is printed may be filed."""
    assert SEED not in drawn(terminal, written("d.json", EFRON), "--json").out


def test_many_long_histories_are_answered_in_one_call(terminal, written):
    """2,000 of up to 200 subjects, none like another, over hidden block sizes."""
    design = written("d.json", {"method": "permuted_block", "arms": ["A", "B"], "params": {"block_sizes": [4, 6]}})
    rows = []
    for number in range(2000):
        bits = [number >> place & 1 for place in range(11)] * 9
        rows.append({"history": [arm for bit in bits for arm in (bit, 1 - bit)][: number % 198]})
    queries = written("q.jsonl", *rows)
    ran = asked(terminal, design, queries)
    assert len(ran.out.splitlines()) == 2000


@pytest.mark.parametrize("command", [[], ["probabilities"], ["draw"]])
def test_help_has_an_example(terminal, command):
    """Every command tells how it is used."""
    assert "Example: irt randomization" in " ".join(terminal.irt("randomization", *command, "--help").out.split())


def test_an_unknown_command_is_refused(terminal):
    """By its name."""
    assert "No such command 'prove'" in terminal.irt("randomization", "prove").err
