"""The validation report: what was checked, by which source, how it came out, and what noticed which fault."""

import hashlib
import platform
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

import numpy

from irt import __version__
from tests.validation.running import Caught, EngineTest, Outcome
from tests.validation.seeding import ENGINE

LIMITS = (
    "The second routes were written by the project from the papers and the reference pages; they share no code "
    "with the engine, but they share its readers. What sources leave open is told in docs/decisions/0025.",
    "randomizeR, carat and other packages of the R archive are not part of this report: only base R, where it is "
    "installed, is asked. Figures of theirs that are published are among the known answers.",
    "Memories of counts forget in which order subjects came. A history that no design could have made is refused "
    "where its counts show it, not where it has come back to possible ones.",
    "Irrational chances (powers, square roots, three kinds of arms under maximum entropy) are floats that agree "
    "with the second route to 1e-12; all others are compared as fractions.",
    "Faults are slips in one place of one file. That all are noticed does not show that every fault would be.",
    "The program's use in a study (configuration, roles, sites) is validated with the study, not here.",
)


KINDS = (
    "A known answer is printed in its source or follows from it by hand; a second route is the source's formula or "
    "definition, written once more without the engine's code; a property holds for whatever the engine does; an "
    "outside program was written by others."
)


class Section(NamedTuple):
    """A heading, paragraphs, and a table: its first row is its head."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Findings(NamedTuple):
    """All that was run; `date` is written as given."""

    date: str
    checks: Sequence[Outcome]
    tests: Sequence[EngineTest]
    faults: Sequence[Caught]

    @property
    def passed(self) -> bool:
        """Whether nothing failed and every fault was noticed."""
        sound = all(outcome.verdict != "FAILED" for outcome in self.checks)
        return (
            sound and all(t.cases == t.passed for t in self.tests) and all(c.trial.caught_by for c in self.faults)
        )


TITLE = "Validation report: the randomization engine"


def sections(found: Findings) -> tuple[Section, ...]:
    """The report in its order."""
    return (
        Section(TITLE, _summary(found)),
        Section("What was validated", rows=(("What", "Version"), *_versions(found.date))),
        *_checks(found.checks),
        *_tests(found.tests),
        *_faults(found.faults),
        Section("Known limits", LIMITS),
        Section("Signatures", rows=(("Role", "Name", "Date", "Signature"), *((r, "", "", "") for r in _ROLES))),
    )


_ROLES = ("Run by", "Reviewed by", "Approved by")


def _summary(found: Findings) -> tuple[str, ...]:
    ran = [outcome for outcome in found.checks if outcome.verdict != "not run"]
    noticed = sum(bool(caught.trial.caught_by) for caught in found.faults)
    cases, passed = sum(t.cases for t in found.tests), sum(t.passed for t in found.tests)
    lines = [
        f"Verdict: {'passed' if found.passed else 'FAILED'}.",
        f"{sum(o.verdict == 'passed' for o in ran)} of {len(ran)} checks passed, with "
        f"{sum(o.compared for o in ran):,} comparisons; {len(found.checks) - len(ran)} could not be run here.",
    ]
    lines += [f"{passed:,} of {cases:,} cases of the engine's own tests passed."] if found.tests else []
    lines += [f"{noticed} of {len(found.faults)} seeded faults were noticed."] if found.faults else []
    return tuple(lines)


def _versions(date: str) -> Iterable[tuple[str, str]]:
    yield "Date", date
    yield "irt", __version__
    yield "Engine, SHA-256 over its files in order of their names", engine_sha256()
    yield "Python", platform.python_version()
    yield "numpy", numpy.__version__
    yield "System", platform.platform()
    for program, option in (("Rscript", "--version"), ("openssl", "version")):
        yield program, _told(program, option)


def engine_sha256() -> str:
    """One hash for all files of the engine."""
    digest = hashlib.sha256()
    for file in sorted(ENGINE.rglob("*.py")):
        digest.update(file.relative_to(ENGINE).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _told(program: str, option: str) -> str:
    if shutil.which(program) is None:
        return "not installed"
    done = subprocess.run([program, option], capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0]


def _checks(outcomes: Sequence[Outcome]) -> Iterable[Section]:
    yield Section("Checks", (KINDS,))
    for subject in dict.fromkeys(outcome.check.subject for outcome in outcomes):
        own = [outcome for outcome in outcomes if outcome.check.subject == subject]
        yield Section(f"Checks: {subject}", rows=(_CHECK_HEAD, *map(_check_row, own)))


_CHECK_HEAD = ("Check", "Kind", "Source", "What is shown", "Comparisons", "Verdict")


def _check_row(outcome: Outcome) -> tuple[str, ...]:
    check = outcome.check
    verdict = f"{outcome.verdict}: {outcome.said}" if outcome.said else outcome.verdict
    return (check.name, check.kind, check.source, check.sentence, f"{outcome.compared:,}", verdict)


def _tests(tests: Sequence[EngineTest]) -> Iterable[Section]:
    if tests:
        rows = tuple((t.file, t.name, t.sentence, f"{t.passed} of {t.cases}") for t in tests)
        yield Section("The engine's own tests", rows=(("File", "Test", "What is shown", "Passed"), *rows))


def _faults(faults: Sequence[Caught]) -> Iterable[Section]:
    if faults:
        told = (
            "Each fault was put into the engine in memory, one at a time, and the checks of its subjects were run."
        )
        yield Section("Seeded faults", (told,), (_FAULT_HEAD, *map(_fault_row, enumerate(faults, start=1))))


_FAULT_HEAD = ("No.", "File", "The fault", "Changed from", "Changed to", "Noticed by")


def _fault_row(numbered: tuple[int, Caught]) -> tuple[str, ...]:
    number, (fault, trial) = numbered
    noticed = ", ".join(trial.caught_by) or "NOTHING"
    return (str(number), fault.file, fault.sentence, _one_line(fault.old), _one_line(fault.new), noticed)


def _one_line(code: str) -> str:
    return " ".join(code.split())


def as_markdown(report: Sequence[Section]) -> str:
    """The report as Markdown."""
    return "\n".join(line for section in report for line in _markdown(section))


def _markdown(section: Section) -> Iterable[str]:
    yield f"{'#' if section.heading == TITLE else '##'} {section.heading}\n"
    for paragraph in section.paragraphs:
        yield f"{paragraph}\n"
    for place, row in enumerate(section.rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
        if not place:
            yield "|---" * len(row) + "|"
    if section.rows:
        yield ""


def as_html(report: Sequence[Section]) -> str:
    """The report as one page that needs nothing else, and prints."""
    body = "\n".join(line for section in report for line in _html(section))
    head = f'<meta charset="utf-8"><title>{TITLE}</title>\n{_STYLE}'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


_STYLE = """<style>
body { font: 11pt/1.4 sans-serif; margin: 2em; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; }
th, td { border: 1px solid #999; padding: .25em .5em; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
</style>"""


def _html(section: Section) -> Iterable[str]:
    level = "h1" if section.heading == TITLE else "h2"
    yield f"<{level}>{escape(section.heading)}</{level}>"
    for paragraph in section.paragraphs:
        yield f"<p>{escape(paragraph)}</p>"
    if section.rows:
        head, *rest = section.rows
        yield f"<table><thead>{_row(head, 'th')}</thead><tbody>"
        yield from (_row(row, "td") for row in rest)
        yield "</tbody></table>"


def _row(cells: Sequence[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def write(found: Findings, folder: Path) -> tuple[Path, Path]:
    """Both forms of the report, in a folder that is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    report = sections(found)
    pages = (folder / "randomization.md", folder / "randomization.html")
    for page, text in zip(pages, (as_markdown(report), as_html(report)), strict=True):
        page.write_text(text, encoding="utf-8")
    return pages
