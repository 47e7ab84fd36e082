"""Leak reports as `irt leaks run --json` tells them, made up."""

import json
from hashlib import sha256
from typing import Any

from irt.services.keep_leak_report import KeepLeakReport
from irt.study.definition import StudyDefinition

TOLD = {"area": 0.61, "lower": 0.58, "upper": 0.64, "p": 0.0004, "units": 2230, "also": ["page | text: length"]}


def a_field(field: str, **changes: Any) -> dict[str, Any]:
    """A field that tells."""
    return {"field": field, "aspect": "size", **TOLD, **changes}


def found(verdict: str, units: int, named: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the adversary found among so many."""
    fields = [a_field(name) for name in named]
    figures = {"verdict": verdict, "units": units, "in_one": units // 2, "fields": 593, "tests": 677}
    areas = {"area": 0.498, "upper": 0.532, "needed": 1143, "power": 0.987}
    return {**figures, **areas, "named": fields, "closest": [*fields, a_field("closest to it", p=0.4)]}


def a_leak_report(verdict: str = "pass", named: tuple[str, ...] = (), subjects: int = 2230) -> str:
    """The report, its fields among the subjects'."""
    told = {
        "study": "fourier",
        "seed": 1,
        "verdict": verdict,
        "answers": 27_307,
        "letters": 12,
        "pages": {"/stock": ["pharmacist"], "/api/v1/studies/{study_id}/sites": ["pharmacist"]},
        "subjects": found(verdict, subjects, named),
        "kits": found("pass", 6716),
    }
    return json.dumps(told, sort_keys=True, indent=1)


def keeping(study_id: int, study: StudyDefinition, report: str) -> KeepLeakReport:
    """Asks to keep it."""
    facts = {"report": report, "report_hash": sha256(report.encode()).hexdigest()}
    return KeepLeakReport(study_id=study_id, definition=study.model_dump(mode="json"), **facts)
