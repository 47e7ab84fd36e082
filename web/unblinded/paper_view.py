"""An answer of the bench as its page shows it: figures with their errors, a picture, rows of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from irt.blinding.views import UnblindedView
from irt.reads.unblinded_bench import Paper
from web.charts import Series
from web.formats import number

Cells = tuple[str, ...]
COMPARED = ("Design", "Largest lead", "Final lead", "Guessed", "Certain", "Drift", "Unbeaten", "How")
STRATA = ("Stratum", "Subjects", "Known", "Secret", "Guessed before", "Guessed now", "Certain now", "Likeliest")


@dataclass(frozen=True)
class PaperView(UnblindedView):
    """A paper, and its answer as tables: figures are name, value, error; `rows` are those of `heads`."""

    paper: Paper
    command_key: str
    figures: tuple[Cells, ...] = ()
    heads: Cells = ()
    rows: tuple[Cells, ...] = ()
    notes: Cells = ()

    @property
    def refusal(self) -> str:
        """Why there is no answer; empty where there is one, or none yet."""
        return str((self.paper.result or {}).get("refusal", ""))

    @property
    def picture(self) -> Markup:
        """The plot, which the program itself drew, in the style of the page."""
        drawn = str((self.paper.result or {}).get("svg", ""))
        return Markup(drawn.replace("<svg ", '<svg class="irt-chart irt-chart-wide" ', 1))  # noqa: S704 - own drawing

    @property
    def shares(self) -> list[Series]:
        """The chance of each arm, subject by subject, where it is not the same for all."""
        asked, told = self.paper.asked, (self.paper.result or {}).get("allocation_ratio", [])
        several = bool(told) and isinstance(told[0], Sequence)
        if not told or (len({str(each) for each in told}) == 1):
            return []
        arms = asked["design"]["arms"]
        by_arm = list(zip(*told, strict=True)) if several else [told]
        return [
            Series(arm, [(place, float(share)) for place, share in enumerate(shares, start=1)])
            for arm, shares in zip(arms, by_arm, strict=False)
        ]


def view_of(paper: Paper, command_key: str) -> PaperView:
    """The paper with its answer laid out by its kind."""
    result = paper.result
    if result is None or "refusal" in result:
        return PaperView(paper, command_key)
    match paper.line.kind:
        case "assessment":
            return PaperView(paper, command_key, _characteristics(result), notes=tuple(result["cautions"]))
        case "comparison":
            left_out = tuple(f"Left out: {each['design']}. {each['why']}" for each in result["left_out"])
            subjects = result["n"]
            rows = tuple(_compared(place, each, subjects) for place, each in enumerate(result["designs"], start=1))
            return PaperView(paper, command_key, heads=COMPARED, rows=rows, notes=left_out)
        case "test":
            return PaperView(paper, command_key, _tested(result), notes=_kept(result))
        case _:
            rows = tuple(_guessed(each) for each in result["strata"])
            return PaperView(paper, command_key, heads=STRATA, rows=rows, notes=_kept(result))


def _kept(told: Mapping[str, Any]) -> Cells:
    """What stays as it was where the study's own draws are made again."""
    return (told["kept"],) if "kept" in told else ()


def _characteristics(told: Mapping[str, Any]) -> tuple[Cells, ...]:
    errors, imbalance, guesses = told.get("standard_errors", {}), told["imbalance"], told["correct_guesses"]
    subjects = told["n"]
    lines = [
        ("Expected lead at the end", imbalance["expected_abs_final"], "expected_abs_final"),
        ("Expected largest lead", imbalance["expected_max_abs"], "expected_max_abs"),
        ("Largest lead beyond the ratio", imbalance["from_ratio"]["expected_max_abs"], ""),
        ("Guessed by counts", guesses["convergence"], "convergence"),
        ("Guessed by chances", guesses["directional"], "directional"),
        ("Certain allocations", told["deterministic"], "deterministic"),
    ]
    rows = [
        (name, number(value, 3), _share(name, value, subjects), _error(errors, key)) for name, value, key in lines
    ]
    return tuple(rows)


def _share(name: str, value: float, subjects: int) -> str:
    return "–" if "lead" in name.lower() else f"{number(100 * value / subjects, 1)} %"


def _error(errors: Mapping[str, float], key: str) -> str:
    return f"± {number(errors[key], 4)}" if key in errors else ("exact" if not errors else "–")


def _compared(place: int, each: Mapping[str, Any], subjects: int) -> Cells:
    errors = each.get("standard_errors", {})
    return (
        f"{place}  {each['design']}",
        _beside(each["balance"], errors.get("expected_max_abs")),
        _beside(each["imbalance"]["expected_abs_final"], errors.get("expected_abs_final")),
        f"{number(100 * each['predictability'], 1)} %",
        f"{number(100 * each['deterministic'] / subjects, 1)} %",
        "–" if each["drift"] is None else number(each["drift"], 4),
        "yes" if each["unbeaten"] else "–",
        "exact" if each["exact"] else f"{each['trials']:,} trials",
    )


def _beside(value: float, error: float | None) -> str:
    return number(value, 2) if error is None else f"{number(value, 2)} ± {number(error, 2)}"


def _tested(told: Mapping[str, Any]) -> tuple[Cells, ...]:
    error = "exact" if told["exact"] else f"± {number(told['monte_carlo_error'], 4)}"
    how = "every history weighed" if told["exact"] else f"{told['trials']:,} trials drawn"
    return (
        ("p-value, two-sided", number(told["p_value"], 5), told.get("p_value_exact", "–"), error),
        ("Observed difference", number(told["observed"], 4), told["statistic"], how),
        ("Subjects compared", str(told["compared"]), f"of {told['subjects']}", "–"),
        ("Chance of nobody to compare", number(told["one_arm_only"], 6), "–", "–"),
    )


def _guessed(each: Mapping[str, Any]) -> Cells:
    error = each["error"]
    likely = "; ".join(f"no. {one['number']}: {100 * one['chance']:.1f} %" for one in each["most_likely"][:3])
    shown = f" ± {number(error * each['secret'] ** 0.5, 2)}" if error else ""
    return (
        each["stratum"] or "all subjects",
        str(each["subjects"]),
        ", ".join(map(str, each["known"])),
        str(each["secret"]),
        number(each["guessed_before"], 2) + shown,
        number(each["guessed_after"], 2) + shown,
        ", ".join(map(str, each["sure"])) or "–",
        likely or "–",
    )
