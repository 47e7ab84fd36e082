"""The response feed: entered by those who know the treatment, corrected by new entries, all or nothing."""

from datetime import date, timedelta

import pytest

from irt.audit.sentences import sentence
from irt.errors import BadInput, NotAllowed
from irt.services.record_responses import ImportResponses, ResponsesNotUsed, import_responses, record_responses
from irt.services.response_file import UnreadableResponses, responses_in
from irt.services.store import Store
from irt.tables.record import AuditEntry
from irt.tables.secret import Response, SecretAuditEntry
from tests.builders_designs import DESIGNS, DesignedTrial, a_study, without_stock

LEARNING = a_study(DESIGNS["play_the_winner"])


@pytest.fixture
def learning(store: Store) -> DesignedTrial:
    """A trial that learns, on each database in turn."""
    return without_stock(store, LEARNING)


@pytest.fixture
def sqlite_learning(sqlite_store: Store) -> DesignedTrial:
    """On SQLite, where one database is enough."""
    return without_stock(sqlite_store, LEARNING)


def importing(trial: DesignedTrial, text: str, **changes: object) -> ImportResponses:
    """A file as it is handed in."""
    facts = {"study_id": trial.study_id, "source": "EDC export 7", "data_cut_off": date(2026, 3, 1), "csv": text}
    return ImportResponses.model_validate({**facts, **changes})


def test_a_file_is_recorded_once(learning: DesignedTrial) -> None:
    """What is known already is passed over; what changes is a further entry with its reason."""
    one, other = learning.randomized(), learning.randomized()
    text = f"subject,response\n{one},1\n{other},0\n"
    done = learning.do(learning.statistician, import_responses, importing(learning, text))
    assert (done.recorded, done.corrected, done.unchanged) == (2, 0, 0)
    later = f"subject,response\n{one},\n{other},0\n"
    ask = importing(learning, later, reason="The scan belonged to somebody else", source="EDC export 8")
    done = learning.do(learning.statistician, import_responses, ask)
    assert (done.recorded, done.corrected, done.unchanged) == (0, 1, 1)
    rows = learning.rows(Response)
    assert [(row["value"], row["corrects_id"], row["source"]) for row in rows] == [
        (1, None, "EDC export 7"),
        (0, None, "EDC export 7"),
        (None, rows[0]["id"], "EDC export 8"),
    ]


def test_who_got_which_response_is_in_the_second_chain(sqlite_learning: DesignedTrial) -> None:
    """The blinded line says how many; the sentence can be read."""
    trial = sqlite_learning
    subject = trial.randomized()
    trial.feed({subject: 1})
    line, secret = trial.rows(AuditEntry)[-1], trial.rows(SecretAuditEntry)[-1]
    assert (line["act"], line["record"]) == ("responses_recorded", "NB-301")
    assert subject not in str(line["new"])
    assert secret["body"] == {"responses": {subject: 1}}
    facts = (line["person"], line["record_kind"], line["record"], line["old"], line["new"], line["reason"])
    assert sentence("responses_recorded", *facts) == (
        "Stan Petrov recorded responses from EDC export 7: 1 new, 0 changed."
    )


def test_a_correction_says_why(sqlite_learning: DesignedTrial) -> None:
    """Nothing is edited without a reason, and nothing of the file is kept."""
    trial = sqlite_learning
    one, other = trial.randomized(), trial.randomized()
    trial.feed({one: 1})
    with pytest.raises(BadInput, match="Say why"):
        trial.feed({other: 1, one: 0})
    assert len(trial.rows(Response)) == 1


def test_the_same_press_is_recorded_once(sqlite_learning: DesignedTrial) -> None:
    """The key is that of every command."""
    trial = sqlite_learning
    ask = trial.feeding({trial.randomized(): 1})
    trial.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    assert trial.do(trial.statistician, record_responses, ask) == trial.do(
        trial.statistician, record_responses, ask
    )
    assert len(trial.rows(Response)) == 1


def test_site_staff_record_no_responses(sqlite_learning: DesignedTrial) -> None:
    """They would move chances that they could guess from."""
    with pytest.raises(NotAllowed):
        sqlite_learning.do(sqlite_learning.staff, record_responses, sqlite_learning.feeding({"1001-0001": 1}))


def test_feeds_that_cannot_be(sqlite_learning: DesignedTrial) -> None:
    """Somebody not randomized, somebody twice, a day to come."""
    trial = sqlite_learning
    screened, subject = trial.screen(), trial.randomized()
    for known, words in (({screened: 1}, "not a randomized subject"), ({"9": 1}, "not a randomized subject")):
        with pytest.raises(BadInput, match=words):
            trial.feed({subject: 1, **known})
    twice = importing(trial, f"subject,response\n{subject},1\n{subject},1\n")
    with pytest.raises(BadInput, match="comes twice"):
        trial.do(trial.statistician, import_responses, twice)
    with pytest.raises(BadInput, match="has not come yet"):
        trial.feed({subject: 1}, data_cut_off=trial.day + timedelta(days=2))
    assert trial.rows(Response) == []


def test_a_design_that_does_not_learn(sqlite_store: Store) -> None:
    """Responses would be kept for nothing."""
    trial = without_stock(sqlite_store, a_study({"method": "complete"}))
    with pytest.raises(ResponsesNotUsed):
        trial.feed({trial.randomized(): 1})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Line 1: the columns are subject and response"),
        ("response,subject\n1,a\n", "Line 1: the columns"),
        ("subject,response\na,1\nb\n", "Line 3: it has 1 columns, not 2"),
        ("subject,response\na,1,0\n", "Line 2: it has 3 columns"),
        ("subject,response\na,yes\n", "Line 2: a response is 1, 0 or empty"),
        ("subject,response\n,1\n", "Line 2: the subject is missing"),
    ],
)
def test_a_malformed_file_is_told_by_its_line(text: str, words: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(UnreadableResponses) as refused:
        responses_in(text)
    assert refused.value.sentence.startswith(words)


def test_a_file_as_spreadsheets_write_it() -> None:
    """A byte order mark, other line ends, and spaces do no harm."""
    read = responses_in("\ufeffsubject,response\r\n 1001-0001 , 1 \r\n\r\n1001-0002,\r\n")
    assert [(each.subject, each.value) for each in read] == [("1001-0001", 1), ("1001-0002", None)]
