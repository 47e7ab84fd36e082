"""The answer of an experiment that moved one input at a time, read from its file."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from irt.errors import BadInput
from simulation.analysis.estimate import Estimate
from simulation.analysis.sensitivity import Bar

FORMAT = "irt-simulation-sensitivity/1"


class UnreadableTornado(BadInput):
    """The file is not there, or holds no tornado."""


@dataclass(frozen=True, slots=True)
class Tornado:
    """Which figure of which scenario was moved: as it is, and a bar for each input, by name, with its ends."""

    scenario: str
    measure: str
    per: str | None
    base: Estimate
    bars: tuple[Bar, ...]
    ends: Mapping[str, tuple[float, float]]


def read_tornado(file: Path) -> Tornado:
    """Of a sensitivity.json; UnreadableTornado where it is none, or of another method."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UnreadableTornado(f"{file} cannot be read. Name the --out of `irt simulate sensitivity`.") from None
    if told.get("format") != FORMAT or "bars" not in told:
        raise UnreadableTornado(f"{file} is no tornado. Give the experiment the method tornado.")
    return tornado_in(told)


def tornado_in(told: Mapping[str, Any]) -> Tornado:
    """Of the values that tell it, in a file or in a gate's statement."""
    return Tornado(
        scenario=told["scenario"],
        measure=told["looked_at"]["measure"],
        per=told["looked_at"]["per"],
        base=estimate_in(told["base"]),
        bars=tuple(Bar(bar["name"], estimate_in(bar["low"]), estimate_in(bar["high"])) for bar in told["bars"]),
        ends={moved["name"] or moved["key"]: (moved["low"], moved["high"]) for moved in told["inputs"]},
    )


def estimate_in(record: Mapping[str, Any]) -> Estimate:
    """As it was before it was written, where a bound that is null was infinite."""
    low, high = (record[end] for end in ("low", "high"))
    return Estimate(
        value=record["value"],
        low=-math.inf if low is None else low,
        high=math.inf if high is None else high,
        confidence=record["confidence"],
        replications=record["replications"],
        method=record["method"],
    )
