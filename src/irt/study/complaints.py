"""Complaints about the form of a study file: a wrong key, a missing one, a value of the wrong kind."""

from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from irt.study.definition import StudyDefinition
from irt.study.problems import did_you_mean
from irt.study.source import Path

SHOWN_MAX = 40


class Complaint(NamedTuple):
    """The name of a problem of form and its sentence."""

    name: str
    sentence: str


# By the type of the validation error; {given} is what was written, the rest is the error's own context.
_WORDS: dict[str, Complaint] = {
    "literal_error": Complaint("NotAChoice", "{given} is not one of {expected}"),
    "union_tag_invalid": Complaint("NotAChoice", "{given} is not one of {expected_tags}"),
    "union_tag_not_found": Complaint("MissingKey", "{discriminator} is missing"),
    "string_type": Complaint("NotText", "{given} is not text: put it in quotes"),
    "string_pattern_mismatch": Complaint(
        "BadCode", "{given} is not a code: a letter or digit first, then letters, digits and . _ + < > = -"
    ),
    "string_too_long": Complaint("BadCode", "{given} is longer than {max_length} characters"),
    "greater_than": Complaint("OutOfRange", "{given} must be more than {gt}"),
    "greater_than_equal": Complaint("OutOfRange", "{given} must be at least {ge}"),
    "less_than_equal": Complaint("OutOfRange", "{given} must be at most {le}"),
    "too_short": Complaint("TooFew", "there must be at least {min_length} here"),
}
_KINDS = {
    "int": Complaint("NotAWholeNumber", "{given} is not a whole number"),
    "decimal": Complaint("NotANumber", "{given} is not a number"),
    "bool": Complaint("NotTrueOrFalse", "{given} is neither true nor false"),
    "date": Complaint("NotADate", "{given} is not a date; write it as 2026-11-22"),
    "time": Complaint("NotATime", '{given} is not a time of day; write it as "15:00"'),
    "model": Complaint("NotAMapping", "{given} should be keys and values"),
    "dict": Complaint("NotAMapping", "{given} should be keys and values"),
    "tuple": Complaint("NotAList", "{given} should be a list"),
}


def complaint(error: ErrorDetails, path: Path, data: Any) -> Complaint:
    """The problem's name and sentence, for the error at that path of the data."""
    kind = error["type"]
    if kind == "missing":
        return Complaint("MissingKey", f"`{path[-1]}` is missing")
    if kind == "extra_forbidden":
        known = keys_at(data, path[:-1])
        hint = did_you_mean(str(path[-1]), known) or f"; the keys are {', '.join(known)}"
        return Complaint("UnknownKey", f"`{path[-1]}` is not a key here{hint}")
    words = _WORDS.get(kind) or _KINDS.get(kind.split("_", maxsplit=1)[0])
    if words is None:
        return Complaint("BadValue", f"{_shown(error['input'])}: {error['msg'].removeprefix('Value error, ')}")
    facts = {"given": _shown(error["input"]), **error.get("ctx", {})}
    return Complaint(words.name, words.sentence.format(**facts))


def locate(data: Any, error: ErrorDetails) -> Path:
    """The path in the data of a validation error: steps that name a variant of a part are left out."""
    path: Path = ()
    here = data
    for step in error["loc"]:
        if _has(here, step):
            path, here = (*path, step), here[step]
        elif error["type"] == "missing" and step == error["loc"][-1]:
            path = (*path, step)
    return path


def _has(here: Any, step: str | int) -> bool:
    return step in here if isinstance(here, Mapping) else isinstance(here, list) and isinstance(step, int)


def keys_at(data: Any, path: Path) -> tuple[str, ...]:
    """The keys that may stand at that path, in the order of the definition."""
    kind: Any = StudyDefinition
    for step in path:
        kind = _inside(kind, step)
        data = data[step]
        kind = _variant(kind, data)
    return tuple(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else ()


def _inside(kind: Any, step: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_fields[str(step)].annotation
    arguments = get_args(kind)
    return arguments[1] if get_origin(kind) is dict else arguments[0]


def _variant(kind: Any, data: Any) -> Any:
    """The one of several variants that the data asks for."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) not in (Union, UnionType):
        return kind
    models = [option for option in get_args(kind) if isinstance(option, type) and issubclass(option, BaseModel)]
    method = data.get("method") if isinstance(data, Mapping) else None
    return next((model for model in models if _is_of(model, method)), models[0] if models else None)


def _is_of(model: type[BaseModel], method: object) -> bool:
    field = model.model_fields.get("method")
    return field is not None and get_origin(field.annotation) is Literal and method in get_args(field.annotation)


def _shown(value: object) -> str:
    if value is None:
        return "an empty value"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"
