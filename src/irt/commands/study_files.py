"""Study files on disk: a path as given, or the name of one that comes with the program."""

from pathlib import Path

from irt.errors import BadInput
from irt.study.check import open_study
from irt.study.definition import StudyDefinition

_PACKAGE = Path(__file__).resolve().parents[1]
# Installed beside the program; in a source tree at its root.
_SHELVES = (_PACKAGE / "_fixtures" / "studies", _PACKAGE.parents[1] / "fixtures" / "studies")


class NoStudyFile(BadInput):
    """The file is not there, or cannot be read as text."""


def shipped_studies() -> dict[str, Path]:
    """The studies that come with the program, by name."""
    return {path.stem: path for shelf in reversed(_SHELVES) for path in sorted(shelf.glob("*.yaml"))}


def study_path(name: str) -> Path:
    """The file of that path, or of a shipped study such as `ist`; NoStudyFile where there is none."""
    shipped = shipped_studies()
    if name in shipped:
        return shipped[name]
    if not Path(name).is_file():
        known = ", ".join(sorted(shipped))
        raise NoStudyFile(f"{name}: no such study file. The studies that come with irt are {known}.")
    return Path(name)


def study_text(name: str) -> str:
    """The text of that study file."""
    path = study_path(name)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise NoStudyFile(f"{name}: not a text file in UTF-8 (byte {fault.start}).") from None
    except OSError as fault:
        raise NoStudyFile(f"{name}: {fault.strerror or fault}.") from None


def read_study(name: str) -> StudyDefinition:
    """The definition in that file; StudyRefused with the first error where it has any."""
    return open_study(study_text(name), name)
