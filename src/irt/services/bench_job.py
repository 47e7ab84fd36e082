"""What a worker does with a question on the statistician's bench."""

from collections.abc import Mapping
from typing import Any

from irt.errors import Refusal
from irt.randomization.bench_work import BenchKind, work_out
from irt.services.bench import KeepAnswer, keep_answer, paper_asked
from irt.services.running_job import Reports, RunningJob
from irt.services.unit_of_work import perform
from irt.services.work import Work

_WORDS = {
    BenchKind.ASSESSMENT: "Following the design",
    BenchKind.COMPARISON: "Comparing designs",
    BenchKind.TEST: "Drawing trials anew",
    BenchKind.GUESSES: "Weighing what is known",
}


def work_on_bench(running: RunningJob) -> Mapping[str, Any]:
    """Works out one paper's question, telling how far it is; the answer stays on the paper."""
    paper_id = int(running.job.asked["paper"])
    with running.store.reading_past_wall() as connection:
        work = Work(running.store, connection, running.starter(), running.clock())
        paper = paper_asked(work, running.study_id, paper_id)
    if paper["finished_at"] is None:
        kind = BenchKind(paper["kind"])
        try:
            result = work_out(kind, paper["asked"], Reports(running, _WORDS[kind]).tell)
        except Refusal as refusal:
            # A refusal may depend on what was asked, which is secret: it stays on the paper, not with the job.
            result = {"refusal": refusal.sentence}
        ask = KeepAnswer(study_id=running.study_id, paper_id=paper_id, result=result)
        perform(running.store, running.starter(), running.clock(), keep_answer, ask, running.key)
    return {"paper": paper_id}
