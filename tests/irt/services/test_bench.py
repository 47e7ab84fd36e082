"""Questions on the bench, neutral codes and the signed check, as services: on both databases."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.enrolment.check_first_allocations import (
    CheckFirstAllocations,
    TooFewAllocations,
    check_first_allocations,
)
from irt.errors import IntegrityFault, NotAllowed
from irt.randomization.bench_work import BenchKind
from irt.services.bench import KeepAnswer, StartBenchWork, keep_answer, start_bench_work
from irt.services.draw_transfer_codes import LETTERS, DrawTransferCodes, draw_transfer_codes
from irt.states.records import JobKind
from irt.tables.columns import table_of
from irt.tables.record import Job, Signature
from irt.tables.secret import BenchPaper, SecretAuditEntry, TransferCode
from tests.builders_trial import Trial
from tests.cast import signing


def statistician(trial: Trial) -> Actor:
    """Somebody who may."""
    return Actor(trial.staff.account_id, "Stan Petrov", (Grant(Role.UNBLINDED_STATISTICIAN),))


def planner(trial: Trial) -> Actor:
    """Somebody who is blinded."""
    return Actor(trial.staff.account_id, "Sue Park", (Grant(Role.SUPPLY_PLANNER),))


def question(trial: Trial) -> StartBenchWork:
    """What a coin would do."""
    asked = {"design": {"method": "complete", "arms": ["A", "B"]}, "n": 4}
    return StartBenchWork(study_id=trial.study_id, kind=BenchKind.ASSESSMENT, title="complete, n = 4", asked=asked)


def test_a_question_is_kept_apart_from_its_job(trial: Trial) -> None:
    """The job names the paper; what is asked stands in secret rows and in the second chain alone."""
    started = trial.do(statistician(trial), start_bench_work, question(trial))
    (paper,) = trial.rows(BenchPaper)
    (job,) = trial.rows(Job)
    assert (paper["id"], paper["job_id"], paper["finished_at"]) == (started.paper_id, started.job_id, None)
    assert (job["kind"], job["asked"]) == (JobKind.BENCH, {"paper": started.paper_id})
    assert trial.audit()["new"] == {"job": started.job_id}
    assert trial.rows(SecretAuditEntry)[-1]["body"]["title"] == "complete, n = 4"


def test_an_answer_is_kept_once(trial: Trial) -> None:
    """A finished paper stays as it is, whoever tries."""
    started = trial.do(statistician(trial), start_bench_work, question(trial))
    ask = KeepAnswer(study_id=trial.study_id, paper_id=started.paper_id, result={"exact": True})
    trial.do(statistician(trial), keep_answer, ask)
    assert trial.rows(BenchPaper)[0]["result"] == {"exact": True}
    with pytest.raises(IntegrityFault, match="is finished"):
        trial.do(statistician(trial), keep_answer, ask)
    with pytest.raises(IntegrityError), trial.store.writing() as connection:
        connection.execute(table_of(BenchPaper).update().values(result={}))


def test_neutral_codes_are_drawn_once(trial: Trial) -> None:
    """One for each arm, out of the letters; the second time none is drawn and all stay."""
    ask = DrawTransferCodes(study_id=trial.study_id)
    first = trial.do(statistician(trial), draw_transfer_codes, ask)
    codes = {row["arm"]: row["code"] for row in trial.rows(TransferCode)}
    assert first.drawn == len(codes)
    assert sorted(codes.values()) == sorted(LETTERS[: len(codes)])
    assert trial.do(statistician(trial), draw_transfer_codes, ask).drawn == 0
    assert {row["arm"]: row["code"] for row in trial.rows(TransferCode)} == codes
    assert trial.audit()["new"] is None


def test_the_check_signs_only_what_there_is(trial: Trial) -> None:
    """Bound to the first allocations; with more than there are, nothing is signed."""
    trial.randomized(levels={"ldl": "LT85"})

    def check(allocations: int) -> Any:
        ask = CheckFirstAllocations(study_id=trial.study_id, allocations=allocations, signing=signing())
        return trial.do(statistician(trial), check_first_allocations, ask)

    with pytest.raises(TooFewAllocations, match="There are 1 allocations so far"):
        check(2)
    before = len(trial.rows(Signature))
    signed = check(1)
    after = trial.rows(Signature)
    assert len(after) == before + 1
    assert after[-1]["id"] == signed.signature_id
    assert (after[-1]["record_kind"], after[-1]["meaning"]) == (
        "first allocations",
        "I checked the first allocations",
    )
    assert trial.audit()["new"]["allocations"] == 1


@pytest.mark.parametrize("service", ["bench", "answer", "codes", "check"])
def test_blinded_people_may_none_of_it(trial: Trial, service: str) -> None:
    """Refused before anything is looked at."""
    asks: dict[str, tuple[Any, Any]] = {
        "bench": (start_bench_work, question(trial)),
        "answer": (keep_answer, KeepAnswer(study_id=trial.study_id, paper_id=1, result={})),
        "codes": (draw_transfer_codes, DrawTransferCodes(study_id=trial.study_id)),
        "check": (
            check_first_allocations,
            CheckFirstAllocations(study_id=trial.study_id, allocations=1, signing=signing()),
        ),
    }
    with pytest.raises(NotAllowed):
        trial.do(planner(trial), *asks[service])
