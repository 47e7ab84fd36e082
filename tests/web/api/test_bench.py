"""The bench over the API: questions become jobs, and papers hold their answers."""

from typing import Any

import pytest

from irt.blinding.roles import Role
from tests.web.api.system import System
from tests.web.world import World

DESIGN = {"method": "big_stick", "arms": ["A", "P"], "params": {"mti": 3}}
ASSESS = {"design": DESIGN, "subjects": 20}
COMPARE = {"arms": ["A", "P"], "subjects": 10, "trials": 10}


@pytest.fixture
def system(world: World) -> System:
    """An independent statistician's system."""
    world.office.hire("stan", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    return System.of(world, "stan")


def answer_of(system: System, started: dict[str, Any]) -> dict[str, Any]:
    """The paper once a worker has done the job."""
    assert system.asks(f"/jobs/{started['job_id']}").json()["status"] == "queued"
    system.world.works()
    assert system.asks(f"/jobs/{started['job_id']}").json()["status"] == "done"
    told: dict[str, Any] = system.asks_study(f"/bench-papers/{started['paper_id']}").json()
    return told


def test_a_design_is_assessed(system: System) -> None:
    """The figures are those of the design, exact; the picture is a file of its own."""
    paper = answer_of(system, system.booked("/bench/assess", **ASSESS))
    assert paper["asked"]["design"]["method"] == "big_stick"
    assert (paper["answer"]["exact"], paper["answer"]["n"]) == (True, 20)
    (line,) = system.asks_study("/bench-papers").json()["items"]
    assert line == paper
    picture = system.asks_study(f"/bench-papers/{paper['paper']['id']}/picture.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.text.startswith("<svg")


def test_designs_are_compared(system: System) -> None:
    """At least twelve, and one's own among them."""
    paper = answer_of(system, system.booked("/bench/compare", **COMPARE, design=DESIGN))
    assert len(paper["answer"]["designs"]) + len(paper["answer"]["left_out"]) >= 13


def test_outcomes_are_tested_by_the_studys_own_law(system: System) -> None:
    """And what code breaks tell is worked out; both need somebody randomized."""
    early = system.does("/bench/test", csv="subject,outcome\n")
    assert (early.status_code, early.json()["name"]) == (409, "NobodyRandomized")
    site = System.of(system.world, "investigator.0")
    subjects = [site.randomizes() for _ in range(4)]
    csv = "\n".join(["subject,outcome", *(f"{subject},{place}" for place, subject in enumerate(subjects)), ""])
    paper = answer_of(system, system.booked("/bench/test", csv=csv, statistic="ranks"))
    assert 0 < paper["answer"]["p_value"] <= 1
    assert system.asks_study(f"/bench-papers/{paper['paper']['id']}/picture.svg").status_code == 404
    paper = answer_of(system, system.booked("/bench/guess", also=[1]))
    assert paper["answer"]["strata"]


@pytest.mark.parametrize(
    ("path", "body", "name", "status"),
    [
        ("/bench/assess", {"design": {"method": "none", "arms": ["A", "P"]}, "subjects": 5}, "UnknownMethod", None),
        ("/bench/assess", {"design": {}, "subjects": 5}, "UnreadableDesign", None),
        ("/bench/assess", {"design": DESIGN, "subjects": 0}, "BadFields", 400),
        ("/bench/assess", {**ASSESS, "rates": [2]}, "BadFields", 400),
        ("/bench/compare", {"arms": ["A"], "subjects": 5}, "UnreadableDesign", None),
        ("/bench/test", {"csv": "nothing"}, None, None),
        ("/bench/guess", {"also": [99]}, None, None),
        ("/bench/guess", {"also": list(range(1, 60))}, "BadFields", 400),
    ],
)
def test_a_refusal_starts_nothing(
    system: System, path: str, body: dict[str, Any], name: str | None, status: int | None
) -> None:
    """By its name, and no paper lies on the bench."""
    answer = system.does(path, **body)
    assert answer.status_code == (status or answer.status_code) in (400, 409)
    assert answer.json()["name"] == (name or answer.json()["name"])
    assert system.asks_study("/bench-papers").json() == {"items": []}
    assert system.asks_study("/bench-papers/1").status_code == 404


def test_a_retry_starts_nothing_more(system: System) -> None:
    """The same paper, the same job."""
    first = system.does("/bench/assess", key="once-and-again", **ASSESS).json()
    assert system.does("/bench/assess", key="once-and-again", **ASSESS).json() == first
    assert len(system.asks_study("/bench-papers").json()["items"]) == 1


@pytest.mark.parametrize("person", ["investigator.0", "quality.all", "supply_manager.all"])
def test_nobody_else_asks_the_bench(world: World, person: str) -> None:
    """403 for every question and every paper."""
    other = System.of(world, person)
    for path, body in {"assess": ASSESS, "compare": COMPARE, "test": {"csv": ""}, "guess": {"also": [1]}}.items():
        assert other.does(f"/bench/{path}", **body).status_code == 403
    assert other.asks_study("/bench-papers/1").status_code == 403
    assert other.asks_study("/bench-papers/1/picture.svg").status_code == 403
