"""How long a kit must still be good when it is given."""

from collections.abc import Iterable

from irt.study.definition import StudyDefinition


def dispensing_windows(
    definition: StudyDefinition, country: str, kit_types: Iterable[str], days_to_last: int
) -> dict[str, int]:
    """Do-not-dispense days by kit type: the static window or the days the kits must last, the longer (3.2)."""
    return {
        code: max(definition.kit_type(code).windows_in(country).dnd_days, days_to_last)
        for code in sorted(kit_types)
    }
