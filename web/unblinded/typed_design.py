"""A design as it is typed into a form, or brought along as a file; refusals are those of the design itself."""

import json
import re
from collections.abc import Mapping
from typing import Any

from irt.errors import BadInput
from irt.randomization.catalogue import CATALOGUE, entry_of
from irt.randomization.design import Design, parse_design

SETTING = "param-"
ABBREVIATED = {"mti": "Largest imbalance (MTI)"}
HINTS = {
    "block_sizes": "As 4, 6; each is as likely.",
    "p": "Chance of the preferred arm, as 2/3.",
    "a": "As 2.",
    "rho": "As 5.",
    "initial": "Balls of each arm at the start, as 1.",
    "added": "Balls added at each draw, as 1.",
    "mti": "Largest imbalance allowed, as 3.",
    "lambda": "Balanced sets in the urn, as 2.",
    "terminal_balance": "true (where left out) or false.",
    "alpha": "As 2.",
    "eta": "From 0 to 1, as 1/2.",
    "distance": "range, variance, sd or sum.",
    "tie_rule": "shared or random_rank.",
    "scaling": "add_then_divide or divide_then_add.",
    "weights": "As overall: 0.3, stratum: 0.5, margins: 0.2.",
    "start_up": "model or covariates.",
    "target": "neyman, rsihr or urn; a rate in dose finding.",
    "gamma": "As 2.",
    "burn_in": "Subjects before the method begins, as 10.",
    "burn_in_by": "complete or permuted.",
    "prior": "As 1/2, 1/2.",
    "highest": "expand (where left out) or stop.",
    "safe": "A rate that is too low; 0.6 of the target where left out.",
    "toxic": "A rate that is too high; 1.4 of the target where left out.",
    "cohort": "Subjects of a cohort; 3 where left out.",
    "cutoff": "A dose is closed above this chance; 0.95 where left out.",
    "backfill": "true or false (where left out).",
    "power": "As 1/2, or n/2N.",
    "least": "Smallest chance of an arm, as 0.1.",
    "most": "Largest chance of an arm, as 0.9.",
}


def label_of(setting: str) -> str:
    """A setting's name on the page; a single letter stays as it is written in formulas."""
    if setting in ABBREVIATED or len(setting) == 1:
        return ABBREVIATED.get(setting, setting)
    return setting.replace("_", " ").capitalize()


def settings_of(method: str) -> list[tuple[str, str]]:
    """The settings of a method with a hint each; none where there is no such method."""
    return [(name, HINTS.get(name, "")) for name in CATALOGUE[method].settings] if method in CATALOGUE else []


def design_in(typed: Mapping[str, str], file: str) -> Design:
    """The design of the file where there is one, else as typed; a named refusal where it cannot be used."""
    design = parse_design(file or _text(typed))
    entry_of(design)
    return design


def whole_between(typed: Mapping[str, str], name: str, what: str, least: int, most: int) -> int:
    """A whole number of the form; BadInput where it is none, or too small or large."""
    written = typed.get(name, "").strip()
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 10 else -1
    if not least <= number <= most:
        raise BadInput(
            f"{what} is a whole number from {least:,} to {most:,}. Nothing was started. Enter digits only."
        )
    return number


def rates_in(typed: Mapping[str, str]) -> list[float] | None:
    """Each arm's chance of success, where any was typed."""
    written = typed.get("rates", "").strip()
    if not written:
        return None
    parts = _parts(written)
    if not all(re.fullmatch(r"[01]?\.?[0-9]{1,9}", part) for part in parts):
        raise BadInput("Chances of success are numbers with commas, as 0.3, 0.5. Nothing was started.")
    return [float(part) for part in parts]


def arms_in(typed: Mapping[str, str]) -> list[str]:
    """The arms as typed, with commas between them."""
    return _parts(typed.get("arms", ""))


def ratio_in(typed: Mapping[str, str]) -> list[str]:
    """The ratio as typed: 2:1, or 2, 1."""
    return _parts(typed.get("ratio", "").replace(":", ","))


def _text(typed: Mapping[str, str]) -> str:
    """The form as a design file: names in quotes, settings as they are typed."""
    settings = {name: typed.get(SETTING + name, "").strip() for name, _ in settings_of(typed.get("method", ""))}
    params = ", ".join(f"{json.dumps(name)}: {_value(value)}" for name, value in settings.items() if value)
    lines = [
        f"method: {json.dumps(typed.get('method', ''))}",
        f"arms: {json.dumps(arms_in(typed))}",
        f"params: {{{params}}}",
        f"factors: {json.dumps(_factors(typed))}",
    ]
    ratio = ratio_in(typed)
    return "\n".join([*lines, f"ratio: {json.dumps(ratio)}"] if ratio else lines)


def _value(written: str) -> str:
    """A list where there are commas, a mapping where there are colons too."""
    if written.startswith(("[", "{")):
        return written
    if ":" in written:
        return f"{{{written}}}"
    return f"[{written}]" if "," in written else written


def _factors(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """A factor a line: `sex: f, m`, and `sex (2): f, m` for one that weighs 2."""
    found = []
    for line in filter(None, map(str.strip, typed.get("factors", "").splitlines())):
        head, _, levels = line.partition(":")
        name, _, weight = head.strip().rstrip(")").partition("(")
        factor: dict[str, Any] = {"name": name.strip(), "levels": _parts(levels)}
        found.append(factor | ({"weight": weight.strip()} if weight else {}))
    return found


def _parts(written: str) -> list[str]:
    return [part.strip() for part in written.split(",") if part.strip()]
