"""What travels together: goods of one storage class."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from irt.study.definition import StudyDefinition
from irt.supply.planner import ProposedLine


def storage_classes(definition: StudyDefinition) -> dict[str, str]:
    """Storage class by kit type."""
    return {
        kit_type.code: definition.blinding_group(kit_type.blinding_group).storage
        for kit_type in definition.kit_types
    }


def parted_by_storage(
    lines: Iterable[ProposedLine], storage_of: Mapping[str, str]
) -> list[tuple[str, tuple[ProposedLine, ...]]]:
    """Lines by storage class, in order of the class: frozen goods and others never share a parcel."""
    by_storage: dict[str, list[ProposedLine]] = defaultdict(list)
    for line in lines:
        by_storage[storage_of[line.kit_type]].append(line)
    return [(storage, tuple(some)) for storage, some in sorted(by_storage.items())]
