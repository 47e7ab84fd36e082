"""The documents keep their word: commands run, links lead somewhere, names exist, the verifier verifies."""

import ast
import importlib
import re
import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from irt.command_line import irt
from irt.commands import clock
from irt.commands.study_files import read_study
from irt.randomization.procedures import procedure_for
from irt.randomization.scheme import Subject
from irt.randomization.stream import Seed, stream_id
from irt.study.randomization_plan import PermutedBlocks
from irt.study.schema import study_schema
from irt.tables.guards import drop_guard
from irt.tables.secret import AllocationKey, TreatmentAssignment
from tests.builders_trial import a_trial
from tests.test_rooms import tracked_files

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    file
    for file in tracked_files()
    if file.suffix == ".md" and (file.parent == ROOT or (ROOT / "docs") in file.parents)
)
DECISIONS = [page for page in PAGES if page.parent.name == "decisions" and page.name[:4].isdigit()]
RANDOMIZATION = ROOT / "docs" / "reference" / "randomization.md"

FENCE = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
NAME = re.compile(r"(irt|optimization|simulation)(\.\w+)+")


def fences(page: Path, kind: str) -> list[str]:
    """The fenced blocks of that kind."""
    return [found["body"] for found in FENCE.finditer(page.read_text()) if found["kind"].strip() == kind]


def runnable() -> list[Any]:
    """Every `$ irt ...` line of a block marked `console run`, those of one block in order of the page."""
    return [
        pytest.param(
            [line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ ")], id=f"{page.stem}-{n}"
        )
        for page in PAGES
        for n, body in enumerate(fences(page, "console run"))
    ]


@pytest.mark.parametrize("lines", runnable())
def test_the_commands_shown_run(lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who types the lines of a block, in order, in the project's folder, is not refused."""
    monkeypatch.setenv("IRT_DATABASE_URL", f"sqlite:///{tmp_path / 'irt.sqlite'}")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    # The lots of the shipped studies expire one day; the commands shown do not.
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert lines
    for line in lines:
        name, *arguments = shlex.split(line)
        if name == "export":
            for setting in arguments:
                monkeypatch.setenv(*setting.split("=", 1))
            continue
        done = CliRunner().invoke(irt, arguments)
        assert name == "irt"
        assert done.exit_code == 0, f"{line}\n{done.output}\n{done.exception!r}"


@pytest.mark.parametrize("page", [page for page in PAGES if fences(page, "python run")], ids=lambda page: page.stem)
def test_the_examples_shown_hold(page: Path) -> None:
    """The blocks of a page marked `python run`, pasted one after the other, assert what is so."""
    names: dict[str, Any] = {}
    for body in fences(page, "python run"):
        assert "assert " in body
        exec(compile(body, str(page), "exec"), names)  # noqa: S102 - the text of our own page


def test_every_command_is_in_the_reference() -> None:
    """What `irt --help` lists is told on the page of the command line, and nothing else is."""
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text()
    told = set(re.findall(r"^## `irt ([a-z]+)", page, re.MULTILINE))
    assert told == set(irt.list_commands(irt.make_context("irt", [], resilient_parsing=True)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A link inside the repository names a file that is there."""
    prose = FENCE.sub("", page.read_text())
    targets = [found["target"].split("#")[0] for found in LINK.finditer(prose)]
    inside = [target for target in targets if target and "://" not in target]
    assert [target for target in inside if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_names_in_code_exist(page: Path) -> None:
    """A path, a module, a Makefile verb or a table that a page names is there."""
    verbs = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = [code for code in CODE.findall(FENCE.sub("", page.read_text())) if " " not in code]
    missing = [code for code in named if _is_path(code) and not (ROOT / code).exists()]
    missing += [code for code in named if NAME.fullmatch(code) and not _imports(code)]
    missing += [verb for verb in re.findall(r"\bmake ([a-z]+)`", page.read_text()) if verb not in verbs]
    assert missing == []


def _is_path(code: str) -> bool:
    tops = ("src/", "web/", "tests/", "fixtures/", "docs/", "requirements/", "optimization/", "simulation/")
    return code.startswith(tops) and re.fullmatch(r"[\w./-]+", code) is not None


def _imports(name: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("name", ["irt.states.kit.Custody", "irt.services.sign_record"])
def test_a_name_that_exists_is_found(name: str) -> None:
    """Modules, and what is in them."""
    assert _imports(name)


@pytest.mark.parametrize("name", ["irt.states.kit.Costudy", "irt.nowhere", "irt.tables.kit.Kit.treatment"])
def test_a_name_that_does_not_exist_is_found_out(name: str) -> None:
    """A misspelt name, a missing module, an attribute that is not there."""
    assert not _imports(name)


GUIDES = [page for page in PAGES if page.parent.name == "guides" or page.name == "tutorial.md"]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_bold_words_stand_on_a_page(page: Path) -> None:
    """A guide prints in bold what a page says; when a button gets other words, so does the guide."""
    rooms = (ROOT / "web", ROOT / "src" / "irt" / "reads")
    said = "\n".join(file.read_text() for file in tracked_files() if _shown(file, rooms))
    bold = [re.sub(r"\s+", " ", words) for words in re.findall(r"\*\*([^*]+)\*\*", page.read_text())]
    assert [words for words in bold if words not in said] == []


def _shown(file: Path, rooms: tuple[Path, ...]) -> bool:
    return file.suffix in {".py", ".html"} and any(room in file.parents for room in rooms)


def test_every_term_of_the_glossary_says_where_it_lives() -> None:
    """Each row has a term, its meaning, and at least one name in the code."""
    rows = [line for line in (ROOT / "docs" / "glossary.md").read_text().splitlines() if line.startswith("| ")]
    terms = [row.strip("|").split("|") for row in rows if not row.startswith("| Term")]
    assert len(terms) > 50
    assert [
        row for row in terms if len(row) != 3 or not any(NAME.fullmatch(code) for code in CODE.findall(row[2]))
    ] == []


def test_every_decision_is_listed() -> None:
    """The list of decisions names each page once, by its number and title."""
    page = (ROOT / "docs" / "decisions" / "README.md").read_text()
    listed = re.findall(r"^- \[(\d{4})\]\(([\w-]+\.md)\): (.+)$", page, re.MULTILINE)
    assert [(number, name) for number, name, _ in listed] == [(page.name[:4], page.name) for page in DECISIONS]
    assert [f"# {number}: {title}" for number, _, title in listed] == [
        page.read_text().splitlines()[0] for page in DECISIONS
    ]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_one_page(page: Path) -> None:
    """Context, a decision in one bold sentence, consequences, alternatives."""
    written = page.read_text()
    headings = re.findall(r"^## (.+)$", written, re.MULTILINE)
    decided = written.partition("## Decision\n")[2].strip()
    assert headings == ["Context", "Decision", "Consequences", "Alternatives"]
    assert re.match(r"\*\*[^*]+\.\*\*", decided)
    assert len(written.splitlines()) <= 60


def test_every_key_of_a_study_file_is_told() -> None:
    """The reference has a table for each part, with each of its keys."""
    page = (ROOT / "docs" / "reference" / "study-file.md").read_text()
    tables = [set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) for part in page.split("\n### ")]
    schema = study_schema()
    parts = {name: part for name, part in schema["$defs"].items() if "properties" in part} | {"whole": schema}
    assert len(parts) > 20
    assert [name for name, part in parts.items() if set(part["properties"]) not in tables] == []


def test_an_outsider_follows_the_chain_and_finds_a_forgery() -> None:
    """The reference's few lines agree with a whole chain, and name an entry whose words were changed."""
    (body,) = fences(ROOT / "docs" / "reference" / "audit.md", "python verifier")
    names: dict[str, Any] = {}
    exec(compile(body, "audit.md", "exec"), names)  # noqa: S102 - the text of our own page
    with a_trial() as trial:
        trial.treated()
        file, chain = trial.store.url.database, f"study:{trial.study_id}"
        assert names["first_bad_entry"](file, chain) is None
        with trial.store.writing() as connection:
            drop_guard(connection, "audit_entry")
            connection.execute(
                text("UPDATE audit_entry SET reason = 'another' WHERE chain = :chain AND sequence = 3"),
                {"chain": chain},
            )
        assert names["first_bad_entry"](file, chain) == 3


Verifier = dict[str, Callable[..., Any]]


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    """The reference's verifier, as an outsider would paste it."""
    (body,) = fences(RANDOMIZATION, "python verifier")
    names: dict[str, Any] = {}
    exec(compile(body, str(RANDOMIZATION), "exec"), names)  # noqa: S102 - the text of our own page
    return names


def test_the_worked_example_holds(verifier: Verifier) -> None:
    """What the page says comes out, comes out; and the table shows the very words."""
    (body,) = fences(RANDOMIZATION, "python example")
    names: dict[str, Any] = dict(verifier)
    exec(compile(body, str(RANDOMIZATION), "exec"), names)  # noqa: S102 - the text of our own page
    rows = re.findall(
        r"^\| (\d+) \| `([0-9a-f]{16})` \| (\d+) \| (\d+) \|", RANDOMIZATION.read_text(), re.MULTILINE
    )
    stream = Seed(bytes(range(32)), "NB-301").stream("permuted_block", "ldl=LT85;region=EU")
    assert stream.stream_id == names["name"]
    assert [int(index) for index, *_ in rows] == list(range(8))
    for index, word, below, value in rows:
        assert f"{stream.u64(int(index)):016x}" == word
        assert (
            int(value)
            == int(word, 16) % int(below)
            == names["number"](bytes(range(32)), *_asked(names, index, below))
        )


def _asked(names: dict[str, Any], index: str, below: str) -> tuple[Any, int, int]:
    return names["name"], int(index), int(below)


def test_the_verifier_rederives_allocations_of_a_running_study(verifier: Verifier) -> None:
    """From the opened seed alone, the list of every stratum is what the services gave its subjects."""
    with a_trial() as trial:
        for level in ("LT85", "LT85", "GE85") * 8:
            trial.randomized(levels={"ldl": level})
        (seed,) = trial.rows(AllocationKey, purpose="allocation")
        key, given = trial.store.seal.open(seed["sealed"]), trial.rows(TreatmentAssignment)
        plan, arms = trial.definition.randomization, trial.definition.arms
    assert isinstance(plan, PermutedBlocks)
    strata = {row["stratum"] for row in given}
    assert len(strata) == 2
    for stratum in strata:
        drawn = [row["arm"] for row in given if row["stratum"] == stratum]
        name = f"IRT-RNG/1|{trial.definition.study.protocol}|permuted_block/1|{stratum}"
        ratio, weights = {arm.code: arm.ratio for arm in arms}, plan.size_weights or (1,) * len(plan.block_sizes)
        assert verifier["permuted_list"](key, name, ratio, plan.block_sizes, weights, len(drawn)) == drawn


def test_the_verifier_rederives_dynamic_allocations(verifier: Verifier) -> None:
    """The stored chances and the seed give the arm of a minimized study, for each component by itself."""
    definition = read_study("ist")
    procedure = procedure_for(definition.randomization, definition.arms)
    seed = Seed(bytes(range(1, 33)), definition.study.protocol)
    factors = [factor for factor in definition.factors if factor.source == "entered"]
    memory: dict[str, dict[str, int]] = {}
    components: Any = getattr(procedure, "components")  # noqa: B009 - only factorial procedures have them
    for number in range(1, 60):
        levels = {factor.code: factor.level_codes()[number % len(factor.levels)] for factor in factors}
        levels |= {factor.code: "GB" for factor in definition.factors if factor.source != "entered"}
        subject = Subject(number, levels)
        allocation = procedure.assign(memory, subject, seed)
        groups = tuple(
            verifier["dynamic_arm"](
                seed.key,
                stream_id(definition.study.protocol, "factorial/1", component.name),
                number,
                dict(component.probabilities(memory, subject)),
            )
            for component in components
        )
        assert allocation.arm == procedure.arm_of[groups]  # type: ignore[attr-defined]  # a factorial procedure
        memory.update({key: dict(row) for key, row in allocation.after.items()})


REQUIREMENT = re.compile(r"\b(?:P11-\d\d|E6-\d\d|L\d\d)\b")


def test_every_requirement_code_is_explained() -> None:
    """Each code that a docstring names is on the page of the codes, and the page has no others."""
    page = (ROOT / "docs" / "reference" / "requirements.md").read_text()
    explained = re.findall(rf"^\| ({REQUIREMENT.pattern}) \|", page, re.MULTILINE)
    written = [file.read_text() for file in tracked_files() if file.suffix == ".py"]
    trees = [ast.parse(text) for text in written if REQUIREMENT.search(text)]
    named = {code for tree in trees for words in _docstrings(tree) for code in REQUIREMENT.findall(words)}
    assert len(explained) == len(set(explained))
    assert set(explained) == named


LEAKS = [*(number for number in range(1, 45) if number != 38), 38]
"""The leaks of the catalogue by number: those that tests hold, then the other one."""
HELD = len(LEAKS) - 1
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_leak_has_tests_that_exist_or_a_reason() -> None:
    """Each row of the first table names tests that are in their files; the second says why not."""
    page = (ROOT / "docs" / "validation" / "leaks.md").read_text()
    lines = [line for line in page.partition("## The linter")[0].splitlines() if line.startswith("| L")]
    assert [line[2:5] for line in lines] == [f"L{number:02}" for number in LEAKS]
    assert [line for line in lines[:HELD] if not NAMED_TEST.search(line)] == []
    assert _missing_tests(page) == []


VERDICTS = {"met", "partly", "not met", "installation", "nothing of the kind"}


def test_every_item_of_the_security_standard_has_its_place() -> None:
    """Each row has a number and a verdict; what is met or partly met says where; tests that are named exist."""
    page = (ROOT / "docs" / "validation" / "asvs.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in _rows_of(page)]
    chapters = {int(item) for row in rows for item in re.findall(r"(?:^|[ ,–])(\d+)\.\d+\.\d+", row[0])}
    assert chapters == set(range(1, 15))
    for item, _, verdict, *where in rows:
        assert verdict in VERDICTS, item
        assert verdict in {"nothing of the kind", "not met"} or "".join(where), item
        assert verdict != "met" or "`" in "".join(where), item
    assert _missing_tests(page) == []


def _rows_of(page: str) -> list[str]:
    return re.findall(r"^\| \d[^\n]*$", page, re.MULTILINE)


def _missing_tests(page: str) -> list[str]:
    """Tests that a page names and that are not in the file it names."""
    functions = {
        file: {node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)}
        for file in {file for file, _ in NAMED_TEST.findall(page)}
    }
    return [f"{file}::{name}" for file, name in NAMED_TEST.findall(page) if name not in functions[file]]


def _docstrings(tree: ast.AST) -> Iterator[str]:
    """Every string that stands alone: of modules, classes, functions, and below what they describe."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.value.value
