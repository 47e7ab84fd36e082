"""A study read as far as it can be, so that every check runs on what is sound, in one run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from irt.study.complaints import locate
from irt.study.definition import Identity, StudyDefinition
from irt.study.part import Code
from irt.study.randomization_plan import OpenCohort
from irt.study.resupply import Resupply
from irt.study.source import Path

# Where a required part cannot be read at all, the checks see this; those that need the part whole are not run.
_STAND_INS: dict[str, Any] = {
    "study": Identity(sponsor="-", protocol="X", name="X", title="-", phase="1", blinding="open", help_phone="-"),
    "randomization": OpenCohort(method="open_cohort"),
    "resupply": Resupply(),
}


@dataclass(frozen=True)
class Draft:
    """Every part that parsed; `broken` names the sections of the file where something did not."""

    study: StudyDefinition
    data: Mapping[str, Any]
    broken: frozenset[str] = frozenset()
    removed: frozenset[Path] = frozenset()

    def codes(self, section: str, key: str = "code") -> frozenset[Code]:
        """Codes as written, also of parts that could not be read: nothing that names them dangles."""
        rows = self.data.get(section)
        found = (row.get(key) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
        return frozenset(str(code) for code in found)

    def original(self, path: Path) -> Path:
        """The path in the file of a path in `study`, from which unreadable list entries are gone."""
        return _original(path, self.removed)


def draft(data: Mapping[str, Any], definition: StudyDefinition | None) -> Draft:
    """The definition itself where it parsed, else its sound parts."""
    if definition is not None:
        return Draft(definition, data)
    parts: dict[str, Any] = {}
    broken: set[str] = set()
    removed: set[Path] = set()
    for name in StudyDefinition.model_fields:
        if name in data:
            section = _read_section(name, data[name])
            parts[name] = section.value
            broken |= {name} if section.removed else set()
            removed |= {(name, *path) for path in section.removed}
        elif StudyDefinition.model_fields[name].is_required():
            parts[name] = _stand_in(name)
            broken.add(name)
    return Draft(StudyDefinition.model_construct(**parts), data, frozenset(broken), frozenset(removed))


@dataclass
class _Section:
    """One top-level part, read with whatever had to be cut away."""

    value: Any
    removed: set[Path] = field(default_factory=set)


def _read_section(name: str, raw: Any) -> _Section:
    """Cuts away what is wrong, entry by entry, until the rest can be read."""
    information = StudyDefinition.model_fields[name]
    adapter: TypeAdapter[Any] = TypeAdapter(information.rebuild_annotation())
    removed: set[Path] = set()
    while () not in removed:
        kept = _without(raw, removed, ())
        try:
            return _Section(adapter.validate_python(_filled(name, kept)), removed)
        except ValidationError as refused:
            removed |= {_cut(raw, error, kept, frozenset(removed)) for error in refused.errors()}
    return _Section(_stand_in(name), removed)


def _stand_in(name: str) -> Any:
    information = StudyDefinition.model_fields[name]
    nothing = () if information.is_required() else information.get_default()
    return _STAND_INS.get(name, nothing)


def _filled(name: str, kept: Any) -> Any:
    """The identity is one mapping of single facts: a wrong one must not hide the others."""
    return {**_STAND_INS["study"].model_dump(), **kept} if name == "study" and isinstance(kept, dict) else kept


def _cut(raw: Any, error: ErrorDetails, kept: Any, removed: frozenset[Path]) -> Path:
    """What to take away so that the error goes: the key, the list entry around it, or its parent."""
    path = _original(locate(kept, error), removed)
    if error["type"] == "extra_forbidden":
        return path
    entries = [index for index, step in enumerate(path) if isinstance(step, int)]
    if entries:
        return path[: entries[-1] + 1]
    return path if path not in removed and _holds(raw, path) else path[:-1]


def _original(path: Path, removed: frozenset[Path]) -> Path:
    found: Path = ()
    for step in path:
        found = (*found, _nth_kept(found, step, removed) if isinstance(step, int) else step)
    return found


def _nth_kept(around: Path, index: int, removed: frozenset[Path]) -> int:
    """The index in the file of the so-maniest entry that was kept."""
    position = -1
    for _ in range(index + 1):
        position += 1
        while (*around, position) in removed:
            position += 1
    return position


def _without(value: Any, removed: set[Path], path: Path) -> Any:
    if isinstance(value, dict):
        kept = {key: child for key, child in value.items() if (*path, key) not in removed}
        return {key: _without(child, removed, (*path, key)) for key, child in kept.items()}
    if isinstance(value, list):
        numbered = [(index, child) for index, child in enumerate(value) if (*path, index) not in removed]
        return [_without(child, removed, (*path, index)) for index, child in numbered]
    return value


def _holds(raw: Any, path: Path) -> bool:
    for step in path:
        if not isinstance(raw, dict) or step not in raw:
            return False
        raw = raw[step]
    return True
