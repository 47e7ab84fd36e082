"""The evidence pack: one zip from which an outsider can follow a study's randomization, with a summary to read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from irt.audit.chain import canonical
from irt.randomization.assessment.course_plot import course
from irt.reads.unblinded_allocations import AllocationLine
from irt.reads.unblinded_bench import Paper
from irt.reads.unblinded_lists import LoadedList
from irt.reads.unblinded_live import LivePage
from irt.reads.unblinded_schedule import Schedule
from web.downloads import csv_text
from web.pdf import Masthead, Sheets

MANIFEST = "manifest.json"
ALLOCATION_HEADS = (
    *("number", "time_utc", "subject", "site", "stratum", "state_seen", "arm", "probability"),
    *("draw", "version", "notes"),
)


@dataclass(frozen=True)
class Evidence:
    """All that goes into a pack; `definition` is the whole study file in force, `same` how many came out again."""

    schedule: Schedule
    page: LivePage
    definition: Mapping[str, Any]
    allocations: tuple[AllocationLine, ...]
    papers: tuple[Paper, ...]
    lists: tuple[LoadedList, ...]
    verified: int
    same: int

    @property
    def verdict(self) -> str:
        """What the replay found, in a sentence."""
        if self.same == self.verified:
            return (
                f"All {self.verified:,} allocations were derived again from the sealed seed and came out the same."
            )
        return f"Only {self.same:,} of {self.verified:,} allocations came out the same. See the live page."


def evidence_pack(evidence: Evidence, masthead: Masthead) -> bytes:
    """The zip: its manifest names every other file with its SHA-256."""
    files = _files(evidence, masthead)
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    manifest = {
        "study": evidence.schedule.protocol,
        "version": evidence.schedule.version,
        "version_digest": evidence.schedule.digest,
        "commitment": evidence.schedule.commitment,
        "made_at": masthead.at.isoformat(),
        "made_by": masthead.person,
        "files": listed,
    }
    files[MANIFEST] = _json(manifest)
    return _zipped(files, masthead.at)


def _files(evidence: Evidence, masthead: Masthead) -> dict[str, bytes]:
    rows = evidence.allocations
    plot = course(evidence.page.course, "Balance over time")
    files = {
        "specification.json": canonical(evidence.definition).encode(),
        "allocations.csv": csv_text(ALLOCATION_HEADS, map(allocation_row, rows)).encode(),
        "allocations.json": _json([asdict(row) for row in rows]),
        "replay.json": _json({"allocations": evidence.verified, "same": evidence.same, "words": evidence.verdict}),
        "balance.json": _json(asdict(evidence.page)),
        "plots/balance.svg": plot.encode(),
        "summary.pdf": _summary(evidence, masthead, plot),
    }
    files["lists.json"] = _json([asdict(one) for one in evidence.lists])
    for paper in evidence.papers:
        result = dict(paper.result or {})
        name, picture = f"bench/{paper.line.id}_{paper.line.kind}", result.pop("svg", "")
        files[f"{name}.json"] = _json({"title": paper.line.title, "asked": paper.asked, "answer": result})
        if picture:
            files[f"{name}.svg"] = picture.encode()
    return files


def _summary(evidence: Evidence, masthead: Masthead, plot: str) -> bytes:
    told, page, sheets = evidence.schedule, evidence.page, Sheets(masthead)
    sheets.heading("Specification")
    sheets.rows(("What", "As it stands"), facts_of(told), (2, 5))
    sheets.heading("Replay")
    sheets.sentence(evidence.verdict)
    sheets.heading("Lists")
    lists = [(one.number, one.origin, one.sha256, one.merkle_root) for one in evidence.lists]
    sheets.rows(("List", "Origin", "SHA-256", "Merkle root"), lists or [("none", "", "", "")], (1, 1, 5, 5))
    sheets.heading("Balance")
    sheets.picture(plot)
    arms = [code for code, _ in page.arms]
    for group in page.groups:
        lines = [(row.name, *row.counts, f"{row.difference:+.2f}") for row in group.rows[:40]]
        sheets.rows((group.title, *arms, "Difference"), lines, (4, *(1 for _ in arms), 2))
    sheets.heading("Predictability")
    guesses = [(g.stratum or "all subjects", g.subjects, f"{g.by_chances:.1f}", g.sure) for g in page.guesses]
    sheets.rows(("Stratum", "Subjects", "Guessed by chances", "Certain"), guesses, (4, 1, 2, 1))
    sheets.heading("Signed checks of the first allocations")
    signed = [(one.record, one.printed_name, one.meaning, f"{one.at:%d %b %Y %H:%M} UTC") for one in told.checks]
    sheets.rows(("Record", "Signed by", "Meaning", "When"), signed or [("none", "", "", "")], (2, 2, 3, 2))
    wrong = [(one.number, one.subject, one.used, one.true) for one in page.misstratified]
    sheets.heading("Subjects in the wrong stratum")
    sheets.rows(("No.", "Subject", "Stratum used", "True stratum"), wrong or [("none", "", "", "")], (1, 2, 3, 3))
    return sheets.paper()


def allocation_row(line: AllocationLine) -> tuple[object, ...]:
    """One allocation as the file's columns."""
    notes = "; ".join(f"{note.kind}: {note.text}" for note in line.notes)
    return (
        *(line.number, line.at.isoformat(), line.subject, line.site, line.stratum, line.state_seen),
        *(line.arm, line.probability, line.draw, line.version, notes),
    )


def facts_of(told: Schedule) -> list[tuple[str, str]]:
    """What a schedule was made by, line by line."""
    arms = "; ".join(f"{code}: {name} ({share})" for code, name, share in told.arms)
    plan = "; ".join(f"{name} {_plain(value)}" for name, value in told.plan.items() if value not in (None, "", []))
    return [
        ("Protocol", told.protocol),
        ("Version", f"{told.version}, salted digest {told.digest}"),
        ("Method", told.method),
        ("Arms (share)", arms),
        ("Settings", plan),
        ("Commitment to the seed", told.commitment or "none"),
        ("Allocations", f"{len(told.lines):,}"),
    ]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, default=str).encode()


def _zipped(files: Mapping[str, bytes], at: datetime) -> bytes:
    """Names in order and one time for all, so that the same facts give the same pack."""
    pack = BytesIO()
    with ZipFile(pack, "w", ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return pack.getvalue()
