"""What changed from one version of a study to the next, in words; each voice compares only what it may read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from irt.study.blinded import BlindedStudy
from irt.study.definition import StudyDefinition
from irt.study.part import Part


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the part of the study it is in, and a sentence."""

    part: str
    sentence: str


class _Noun(NamedTuple):
    """What a part is called, what one of its entries is called, and what tells the entries apart."""

    part: str
    entry: str = ""
    keys: tuple[str, ...] = ("code",)


_NOUNS: dict[str, _Noun] = {
    "identity": _Noun("Study"),
    "study": _Noun("Study"),
    "arms": _Noun("Arms", "Arm"),
    "factors": _Noun("Stratification factors", "Factor"),
    "randomization": _Noun("Randomization"),
    "later_randomizations": _Noun("Later randomizations", "Later randomization", ("arms",)),
    "forced_randomization": _Noun("Forced randomization"),
    "replacement_arm": _Noun("Replacement subjects"),
    "cohorts": _Noun("Cohorts", "Cohort"),
    "blinding_groups": _Noun("Kits as they look", "Kit"),
    "kit_types": _Noun("Kit types", "Kit type"),
    "items": _Noun("Items without kit number", "Item"),
    "dose_levels": _Noun("Dose levels", "Dose level"),
    "titration": _Noun("Changes of dose level", "Change of dose", ("origin", "target")),
    "moves": _Noun("Changes of dose level", "Change of dose", ("origin", "target")),
    "visits": _Noun("Visits", "Visit"),
    "dispensing": _Noun("Dispensing", "Dispensing at", ("visits", "arms", "dose_levels")),
    "randomizations": _Noun("Randomizations", "Randomization", ("number",)),
    "eligible": _Noun("Eligible for", "choice"),
    "kit_counts": _Noun("Kits at each visit", "Kits at", ("visit", "dose_level", "agent", "blinding_group")),
    "screening": _Noun("Screening"),
    "caps": _Noun("Limits of enrolment", "Limit on", ("scope", "key", "counts")),
    "conduct": _Noun("Conduct"),
    "activation": _Noun("Approvals before a site opens"),
    "second_checks": _Noun("Second checks"),
    "controlled": _Noun("Controlled drugs"),
    "temperature": _Noun("Temperature"),
    "labels": _Noun("Labels"),
    "customs": _Noun("Customs"),
    "commodities": _Noun("Goods", "Goods", ("blinding_group",)),
    "item_goods": _Noun("Goods without kit number", "Goods", ("item",)),
    "notices": _Noun("Notices", "Notice", ("kind",)),
    "wordings": _Noun("Wordings", "Wording", ("audience",)),
    "gtins": _Noun("Item numbers (GTIN)"),
    "delivery": _Noun("Delivery to homes"),
    "countries": _Noun("Countries", "Country"),
    "depots": _Noun("Depots", "Depot"),
    "lanes": _Noun("Lanes", "Lane", ("origin", "target")),
    "shippers": _Noun("Shippers", "Shipper"),
    "import_licences": _Noun("Import licences", "Licence", ("country", "number")),
    "sites": _Noun("Sites", "Site", ("number",)),
    "release_routes": _Noun("Release of lots", "Route"),
    "serves": _Noun("Studies served", "Study", ("protocol",)),
    "steps": _Noun("Steps", "step", ("kind",)),
    "resupply": _Noun("Resupply of sites"),
    "supply_limits": _Noun("Limits of supply"),
    "outlook": _Noun("What is assumed of subjects"),
    "sizes": _Noun("Sizes"),
    "levels": _Noun("Levels", "level"),
    "agents": _Noun("Agents", "agent"),
    "components": _Noun("Components", "component", ("name",)),
    "kits": _Noun("Kits", "kit", ("kit_type",)),
    "lots": _Noun("Lots", "lot", ("lot",)),
}
_WEIGHED = _Noun("Factors", "factor", ("factor",))
"""The factors of a minimization name factors of the study; they have no code of their own."""


PARTS_NAMED = frozenset(_NOUNS)
"""Parts of a study that have words."""


def blinded_changes(before: BlindedStudy, after: BlindedStudy) -> tuple[Change, ...]:
    """What every site may read of the difference; made from the public parts alone."""
    return _changes(_plain(before), _plain(after))


def unblinded_changes(before: StudyDefinition, after: StudyDefinition) -> tuple[Change, ...]:
    """The whole difference, restricted parts too."""
    return _changes(_plain(before), _plain(after))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    return tuple(
        Change(_NOUNS[name].part, f"{sentence[:1].upper()}{sentence[1:]}.")
        for name in before
        for sentence in _differences((name,), before[name], after[name])
    )


def _plain(value: Any) -> Any:
    """Parts and named tuples as mappings of plain values, however deep."""
    if isinstance(value, Part):
        return value.model_dump(mode="json")
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _differences(path: tuple[str, ...], before: Any, after: Any) -> Iterator[str]:
    """Sentences without their full stop, from the outside in."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            yield from _differences((*path, name), before.get(name), after.get(name))
    elif (old := _by_key(path[-1], before)) is not None and (new := _by_key(path[-1], after)) is not None:
        yield from _entries(path, old, new)
    else:
        yield f"{_where(path)} was {told(before)}, is now {told(after)}"


def _entries(path: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    within = path[:-1]
    for key in [*before, *(key for key in after if key not in before)]:
        words = _where((*within, key)) if within else key
        if key not in after:
            yield f"{words} is gone"
        elif key not in before:
            yield f"{words} is new: {told(after[key])}"
        else:
            yield from _differences((*within, key), before[key], after[key])
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield f"the order of {_where(path)} changed"


def _by_key(name: str, entries: Any) -> dict[str, Any] | None:
    """Entries by what tells them apart, in words; None where they cannot be told apart."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    found = {_called(name, entry): entry for entry in entries}
    return found if len(found) == len(entries) else None


def _called(name: str, entry: Mapping[str, Any]) -> str:
    noun = _WEIGHED if name == "factors" and "factor" in entry else _NOUNS.get(name, _Noun(name, name))
    told_apart = [told(entry[key]) for key in noun.keys if entry.get(key) not in (None, [], "")]
    return f"{noun.entry} {' · '.join(told_apart)}"


def _where(path: Sequence[str]) -> str:
    """Names of parts are for the file; a reader wants the words."""
    first = _NOUNS[path[0]].part if path[0] in _NOUNS else path[0]
    return ": ".join([first, *(step.replace("_", " ") if step.islower() else step for step in path[1:])])


def told(value: Any) -> str:
    """A value as a reader wants it: what is not there is left out of lists of facts."""
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        facts = {name: each for name, each in value.items() if each is not None and each not in ("", [], {})}
        return ", ".join(f"{name.replace('_', ' ')} {told(each)}" for name, each in facts.items())
    return ", ".join(told(each) for each in value) if isinstance(value, list) else str(value)
