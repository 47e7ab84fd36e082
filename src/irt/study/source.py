"""A study file as written: plain values, and the line and column each was written on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from irt.errors import BadInput

Path = tuple[str | int, ...]

DEPTH_MAX = 40
VALUES_MAX = 200_000
DIGITS_MAX = 18

_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq")}


class Place(NamedTuple):
    """Where something is written; both count from 1."""

    line: int
    column: int


class Fault(NamedTuple):
    """Something the format forbids, though the rest of the file could be read."""

    name: str
    path: Path
    place: Place
    sentence: str


class UnreadableFile(BadInput):
    """The file is not YAML at all; `place` says where reading stopped."""

    def __init__(self, sentence: str, place: Place) -> None:
        super().__init__(sentence)
        self.place = place


@dataclass(frozen=True)
class Source:
    """What a study file says, before anything is judged."""

    data: Any
    places: Mapping[Path, Place]
    faults: tuple[Fault, ...]

    def place(self, path: Path) -> Place:
        """Where the path is written, or the nearest part around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1, 1))


class _CoreLoader(yaml.CSafeLoader):
    """Leaves every plain scalar a string: it is resolved here, by YAML 1.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}


def read_source(text: str, resolved: Callable[[str], Any] | None = None) -> Source:
    """Reads one YAML document, its plain words by `resolved`; raises UnreadableFile where it is not one."""
    reading = _Reading(resolved or resolve)
    root = _compose(text)
    data = reading.value(root, ()) if root is not None else None
    return Source(data, reading.places, tuple(reading.faults))


def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=_CoreLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "the line cannot be read"
        last_line = max(1, len(text.splitlines()))
        where = _place(mark)
        raise UnreadableFile(
            f"not readable as YAML: {reason}", where._replace(line=min(where.line, last_line))
        ) from None
    except yaml.YAMLError as error:
        raise UnreadableFile(f"not readable as YAML: {str(error).splitlines()[0]}", Place(1, 1)) from None
    except RecursionError:
        raise UnreadableFile("nested too deeply to be a study file", Place(1, 1)) from None


@dataclass
class _Reading:
    """One walk over the composed nodes."""

    resolved: Callable[[str], Any]
    places: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    read: int = 0

    def value(self, node: yaml.Node, path: Path) -> Any:
        self._count(node, path)
        self.places.setdefault(path, _place(node.start_mark))
        if node.tag not in _PLAIN_TAGS:
            self._fault("Tag", path, node, f"the tag {node.tag} is not used in study files: leave it out")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        written = str(node.value)
        return written if isinstance(node, yaml.ScalarNode) and node.style else self.resolved(written)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault("KeyNotText", path, key_node, "a key must be a single word")
                continue
            key = str(key_node.value)
            if key in found:
                first = self.places[(*path, key)].line
                sentence = f"`{key}` was already given on line {first}"
                self._fault("DuplicateKey", (*path, key), key_node, sentence)
                continue
            self.places[(*path, key)] = _place(key_node.start_mark)
            found[key] = self.value(child, (*path, key))
        return found

    def _count(self, node: yaml.Node, path: Path) -> None:
        """Anchors repeat what they name, so a small file could unfold without end."""
        self.read += 1
        if self.read > VALUES_MAX or len(path) > DEPTH_MAX:
            raise UnreadableFile("too large or nested too deeply to be a study file", _place(node.start_mark))

    def _fault(self, name: str, path: Path, node: yaml.Node, sentence: str) -> None:
        self.faults.append(Fault(name, path, _place(node.start_mark), sentence))


def resolve(plain: str) -> str | int | float | bool | None:
    """A plain scalar by the YAML 1.2 core rules: NO is a country, not a boolean; dates stay text."""
    if plain in _WORDS:
        return _WORDS[plain]
    if len(plain) > DIGITS_MAX:
        return plain
    if _INTEGER.fullmatch(plain):
        return int(plain)
    if _OCTAL_OR_HEX.fullmatch(plain):
        return int(plain, 0)
    return float(plain) if _FLOAT.fullmatch(plain) else plain


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)
