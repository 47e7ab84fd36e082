"""What a draw saw, as it is stored beside the treatment, and read back when the draw is made again."""

from collections.abc import Mapping
from typing import Any

from irt.randomization.scheme import Subject


def state_seen(facts: Subject, rows: Mapping[str, Any], responses_through: int | None) -> dict[str, Any]:
    """The memory's rows and whatever else the draw depended on; what a study does not have is left out."""
    seen: dict[str, Any] = {"rows": rows, "agents": list(facts.agents), "open_arm": facts.open_arm}
    if facts.open_arms is not None:
        seen["open_arms"] = list(facts.open_arms)
    if facts.servable is not None:
        seen["servable"] = list(facts.servable)
    if facts.listed is not None:
        seen["listed"] = list(facts.listed)
    if responses_through is not None:
        seen["responses"] = {arm: list(counts) for arm, counts in facts.responses.items()}
        seen["responses_through"] = responses_through
    return seen


def subject_drawn(number: int, levels: Mapping[str, str], seen: Mapping[str, Any]) -> Subject:
    """The subject as the draw knew it."""
    return Subject(
        number,
        levels,
        tuple(seen["agents"]),
        seen["open_arm"],
        _codes(seen.get("open_arms")),
        _codes(seen.get("servable")),
        {arm: (ones, zeros) for arm, (ones, zeros) in seen.get("responses", {}).items()},
        _entry(seen.get("listed")),
    )


def _codes(listed: list[str] | None) -> tuple[str, ...] | None:
    return None if listed is None else tuple(listed)


def _entry(listed: list[Any] | None) -> tuple[int, str] | None:
    return None if listed is None else (int(listed[0]), str(listed[1]))
