"""The memory of minimization: at each level of each factor, subjects by arm."""

from collections.abc import Iterable, Mapping, Sequence

from irt.randomization.scheme import Procedure, Row, State, Subject, UnusablePlan


def margin_keys(factors: Iterable[str], subject: Subject) -> tuple[str, ...]:
    """The subject's own rows, as `factor=level`."""
    return tuple(f"{factor}={subject.level(factor)}" for factor in factors)


def refuse_ambiguous(factors: Iterable[str]) -> None:
    """UnusablePlan where a factor's code would make two rows' keys read the same."""
    for factor in factors:
        if "=" in factor:
            raise UnusablePlan(f"The factor {factor} cannot be balanced: its code holds an equals sign.")


def counts(row: Row, arms: Sequence[str]) -> list[int]:
    """A row's counts in the order of the arms."""
    return [row.get(arm, 0) for arm in arms]


def seen(state: State, keys: Iterable[str]) -> dict[str, Row]:
    """A copy of the rows that a decision reads."""
    return {key: dict(state.get(key, {})) for key in keys}


def counted(rows: Mapping[str, Row], arms: Sequence[str], given: str) -> dict[str, Row]:
    """The rows with one more subject in an arm."""
    return {key: {arm: row.get(arm, 0) + (arm == given) for arm in arms} for key, row in rows.items()}


def recount(procedure: Procedure, history: Iterable[tuple[Subject, str]]) -> dict[str, Row]:
    """All rows of a minimized study, counted anew from its subjects and their arms."""
    state: dict[str, dict[str, int]] = {}
    for subject, given in history:
        for key in procedure.state_keys(subject):
            row = state.setdefault(key, dict.fromkeys(procedure.arms, 0))
            row[given] += 1
    return dict(state)
