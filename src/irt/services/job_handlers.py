"""What a worker does for each kind of job."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from irt.audit.entry import study_chain
from irt.reads.audit_trail import verify_chains, whole_at_once
from irt.reads.signatures import verify_signatures
from irt.services.bench_job import work_on_bench
from irt.services.carry_out_hold import work_on_hold
from irt.services.note_verification import NoteVerification, note_verification
from irt.services.run_resupply import ResupplyDone, RunResupply
from irt.services.running_job import Handler, RunningJob
from irt.services.supply_night import plan_night
from irt.services.think_first import run_unlocked
from irt.services.unit_of_work import perform
from irt.states.records import JobKind
from irt.supply.planner import ResupplyPlanner

_PLANNING = "Planning the shipments"


def handlers_with(planner: ResupplyPlanner) -> dict[str, Handler]:
    """Every kind of job and its handler; the rim names the planner."""

    def plan_the_night(running: RunningJob) -> Mapping[str, Any]:
        """One study's night, by the installation itself."""
        running.step(0, 1, _PLANNING)
        day = date.fromisoformat(running.job.asked["day"])
        return _planned(plan_night(running.store, planner, running.study_id, day, running.clock()))

    def resupply_now(running: RunningJob) -> Mapping[str, Any]:
        """A run of the planner for the person who started it."""
        running.step(0, 1, _PLANNING)
        ask = RunResupply(study_id=running.study_id, **running.job.asked)
        return _planned(run_unlocked(running.store, running.starter(), running.clock(), planner, ask, running.key))

    return {
        JobKind.NIGHT: plan_the_night,
        JobKind.RESUPPLY: resupply_now,
        JobKind.VERIFICATION: verify_trail,
        JobKind.BENCH: work_on_bench,
        JobKind.HOLD: work_on_hold,
    }


def _planned(done: ResupplyDone) -> Mapping[str, Any]:
    notice = {"notice": done.notice} if done.notice else {}
    return {"shipments": len(done.shipments), "kits": done.kits, **notice}


def verify_trail(running: RunningJob) -> Mapping[str, Any]:
    """Both chains of a study and its signatures, entry by entry; what was found becomes part of the trail."""
    chain, walked = study_chain(running.study_id), 0
    running.step(0, None, "Counting the entries")

    def tell(entries: int, of: int) -> None:
        nonlocal walked
        walked += entries
        running.step(walked, of, "Hashing every entry again")

    with running.store.reading_past_wall() as connection:
        whole_at_once(connection)
        blinded, secret = verify_chains(connection, [chain], tell)
        signed = verify_signatures(connection, chain)
    ask = NoteVerification(
        study_id=running.study_id,
        entries=blinded.entries,
        signatures=signed.signatures,
        first_fault="" if blinded.fault is None else f"entry {blinded.fault.sequence}: {blinded.fault.sentence}",
        second_chain_holds=secret.fault is None,
        signatures_hold=signed.fault is None,
    )
    noted = perform(running.store, running.starter(), running.clock(), note_verification, ask, running.key)
    return {"entries": noted.entries, "intact": noted.intact}
