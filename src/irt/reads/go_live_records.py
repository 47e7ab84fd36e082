"""Records that a checklist of going live points to: the trail, acceptance, leak reports, its signatures."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, select

from irt.audit.entry import INSTALLATION, study_chain
from irt.reads.commitments import commitments_of
from irt.study.checklist_facts import AcceptanceSeen, ChecklistSigned, Evidence, LeaksSeen
from irt.tables.acceptance import UatRun, UatSignature
from irt.tables.columns import table_of
from irt.tables.go_live import ChecklistSignature
from irt.tables.people import Account
from irt.tables.record import AuditEntry

_ENTRIES, _ACCOUNTS, _CHECKLISTS = table_of(AuditEntry), table_of(Account), table_of(ChecklistSignature)
_RUNS, _SIGNED = table_of(UatRun), table_of(UatSignature)
_STUDY: BindParameter[int] = bindparam("study_id")
_KINDS = {
    "randomization_list_loaded": "randomization_list",
    "kit_list_loaded": "kit_list",
    "seed_sealed": "seed",
    "leak_report_kept": "leak_report",
}
"""Acts of the study's trail, and the kinds of record that they are about: entries are found by these."""
_ACTS = (
    select(_ENTRIES)
    .where(
        _ENTRIES.c.chain == bindparam("chain"),
        _ENTRIES.c.record_kind.in_(sorted(_KINDS.values())),
        _ENTRIES.c.act.in_(sorted(_KINDS)),
    )
    .order_by(_ENTRIES.c.id)
)
_ANCHORED = (
    select(_ENTRIES.c.record, _ENTRIES.c.at, _ENTRIES.c.new)
    .where(_ENTRIES.c.chain == INSTALLATION, _ENTRIES.c.record_kind == "anchor", _ENTRIES.c.act == "heads_anchored")
    .order_by(_ENTRIES.c.id.desc())
    .limit(1)
)
_NEWEST_RUN = (
    select(_RUNS)
    .where(_RUNS.c.study_id == _STUDY, _RUNS.c.version_number == bindparam("version"))
    .order_by(_RUNS.c.number.desc())
    .limit(1)
)
_OF_RUN = (
    select(_SIGNED.c.script, _SIGNED.c.passed, _SIGNED.c.at, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _SIGNED.c.account_id)
    .where(_SIGNED.c.run_id == bindparam("run_id"))
    .order_by(_SIGNED.c.script)
)
_SIGNED_CHECKLISTS = (
    select(_CHECKLISTS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _CHECKLISTS.c.account_id)
    .where(_CHECKLISTS.c.study_id == _STUDY, _CHECKLISTS.c.version_number == bindparam("version"))
    .order_by(_CHECKLISTS.c.id)
)


class GoLiveRecords:
    """The lines of the trail that a checklist points to, read once."""

    def __init__(self, connection: Connection, study_id: int) -> None:
        self._connection, self._study_id = connection, study_id
        self._by_act: dict[str, list[RowMapping]] = defaultdict(list)
        for row in connection.execute(_ACTS, {"chain": study_chain(study_id)}).mappings():
            self._by_act[row["act"]].append(row)

    def seed(self) -> Evidence | None:
        """The published commitment of the allocation seed, and who holds the seed; None where there is none."""
        committed = commitments_of(self._connection, self._study_id).get("allocation")
        if committed is None:
            return None
        for row in self._by_act["seed_sealed"]:
            return Evidence("Commitment of the seed; two holders keep it", committed, row["person"], row["at"])
        return Evidence("Commitment of the seed; sealed with the installation's key", committed)

    def lists(self) -> tuple[Evidence, ...]:
        """Loaded randomization lists, each by its published root."""
        return tuple(
            Evidence(f"List {row['new']['number']}, root", row["new"]["merkle_root"], row["person"], row["at"])
            for row in self._by_act["randomization_list_loaded"]
        )

    def kit_lists(self) -> tuple[Evidence, ...]:
        """Loaded kit lists, each by its line of the trail: the hash of a list itself could be guessed."""
        return tuple(
            Evidence(f"{row['record']}, line of the trail", row["hash"], row["person"], row["at"])
            for row in self._by_act["kit_list_loaded"]
        )

    def leaks(self, version: int) -> LeaksSeen | None:
        """The newest leak report of a version."""
        kept = [row for row in self._by_act["leak_report_kept"] if row["new"]["version"] == version]
        return _leaks(kept[-1]["new"], kept[-1]) if kept else None

    def anchored(self) -> Evidence | None:
        """The newest anchor."""
        row = self._connection.execute(_ANCHORED).first()
        return None if row is None else Evidence(f"Anchor {row.record}", row.new["sha256"], "", row.at)


def _leaks(new: Mapping[str, Any], row: RowMapping) -> LeaksSeen:
    words = f"{new['subjects']} subjects, upper limit {new['upper_limit']}: {new['verdict']}"
    shown = Evidence(words, new["report_hash"], row["person"], row["at"])
    return LeaksSeen(new["verdict"] == "pass", new["verdict"], row["release"], shown)


def acceptance_of(connection: Connection, study_id: int, version: int, digest: str) -> AcceptanceSeen | None:
    """The newest run of the version's acceptance scripts, and what became of each script."""
    run = connection.execute(_NEWEST_RUN, {"study_id": study_id, "version": version}).mappings().first()
    if run is None:
        return None
    signed = {row["script"]: row for row in connection.execute(_OF_RUN, {"run_id": run["id"]}).mappings()}
    codes = [script["code"] for script in run["scripts"]]
    kept = Evidence(f"Run {run['number']}, {len(codes)} scripts", run["scripts_hash"], at=run["at"])
    return AcceptanceSeen(
        same_version=run["version_hash"] == digest,
        release=run["release"],
        unsigned=tuple(code for code in codes if code not in signed),
        failed=tuple(code for code in codes if code in signed and not signed[code]["passed"]),
        evidence=(
            kept,
            *(
                Evidence(f"{code} {'passed' if row['passed'] else 'failed'}", "", row["printed_name"], row["at"])
                for code, row in signed.items()
            ),
        ),
    )


def signed_checklists(connection: Connection, study_id: int, version: int) -> tuple[ChecklistSigned, ...]:
    """Every signature under the checklist of a version, the newest last."""
    rows = connection.execute(_SIGNED_CHECKLISTS, {"study_id": study_id, "version": version}).mappings()
    return tuple(
        ChecklistSigned(
            hash=row["content_hash"],
            account_id=row["account_id"],
            person=row["printed_name"],
            role=row["role"],
            at=row["at"],
            lines=row["lines"],
        )
        for row in rows
    )
