"""What must hold of a list before it is used: strata, order, length, arms, blocks, and the design's own law."""

from collections import Counter
from collections.abc import Mapping, Sequence

from irt.errors import BadInput, Refusal
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design, NotPlainText
from irt.randomization.lists.frozen_list import Entry, FrozenList
from irt.randomization.methods.method import Step

_NOTHING = "Nothing was taken over."


class ListFault(BadInput):
    """A list that is not what its design says; `line` is the first one that shows it, 0 where none does."""

    def __init__(self, line: int, sentence: str) -> None:
        where = f"Line {line} of the list: " if line else "The list: "
        super().__init__(f"{where}{sentence} {_NOTHING}")
        self.line = line


class UnknownArm(ListFault):
    """An arm that the design does not have."""


class UnknownStratum(ListFault):
    """A stratum that the study does not have."""


class StratumWithoutList(ListFault):
    """A stratum of the study that the list leaves out."""


class ListTooShort(ListFault):
    """Fewer positions than are planned."""


class DuplicatePosition(ListFault):
    """A position of a stratum that is given twice."""


class OutOfOrder(ListFault):
    """Lines that were sorted, or left out, after the list was made."""


class BrokenBlock(ListFault):
    """A block that does not hold the ratio, or a size that the design does not have."""


class LevelNotPlain(ListFault, NotPlainText):
    """A stratum or an arm with letters that not every system writes alike."""


class NeverDrawn(ListFault):
    """An arm that the design could not have given at this place."""


def check_list(
    found: FrozenList,
    design: Design,
    strata: Sequence[str],
    planned: int,
    reached: Mapping[str, int] | None = None,
) -> None:
    """A named refusal with the line where the list is not one of this design; planned positions per stratum.

    `strata` is empty where the list may have any. With `reached` it extends a list that ended there in each
    stratum, and may leave out strata.
    """
    if not found.entries:
        raise ListTooShort(0, f"no position, but {planned} are planned in each stratum.")
    _require_plain(found)
    _require_strata(found, strata, all_of_them=reached is None)
    _require_order(found, reached or {})
    for stratum, entries in found.by_stratum():
        _require_arms(entries, design)
        if len(entries) < planned:
            named = f"the stratum {stratum}" if stratum else "the list"
            raise ListTooShort(
                entries[-1].line, f"{named} ends after {len(entries)} positions, but {planned} are planned."
            )
        _require_blocks(entries, design)
        _require_possible(entries, design)


def _require_plain(found: FrozenList) -> None:
    for entry in found.entries:
        for text in (entry.stratum, entry.arm):
            if not (text.isascii() and text.isprintable()):
                raise LevelNotPlain(entry.line, f"{text[:40]!a} is not plain ASCII.")


def _require_strata(found: FrozenList, strata: Sequence[str], *, all_of_them: bool) -> None:
    known = set(strata)
    for entry in found.entries if strata else ():
        if entry.stratum not in known:
            raise UnknownStratum(entry.line, f"there is no stratum {entry.stratum[:60]!a}.")
    missing = [stratum for stratum in strata if stratum not in set(found.strata)]
    if all_of_them and missing:
        raise StratumWithoutList(0, f"the stratum {missing[0]} has no list.")


def _require_order(found: FrozenList, reached: Mapping[str, int]) -> None:
    """Each stratum in one run, its positions without a gap; so a sorted or a filtered file is found out."""
    seen: dict[str, set[int]] = {}
    before = ""
    for entry in found.entries:
        own = seen.setdefault(entry.stratum, set())
        due = reached.get(entry.stratum, 0) + len(own) + 1
        if entry.position in own:
            raise DuplicatePosition(entry.line, f"position {entry.position} stands in the list a second time.")
        if entry.position != due or (own and entry.stratum != before):
            raise OutOfOrder(entry.line, f"position {entry.position} stands where {due} of its stratum is due.")
        own.add(entry.position)
        before = entry.stratum


def _require_arms(entries: Sequence[Entry], design: Design) -> None:
    for entry in entries:
        if entry.arm not in design.arms:
            known = ", ".join(design.arms)
            raise UnknownArm(entry.line, f"the arm {entry.arm[:40]!a} is none of {known}.")


def _require_blocks(entries: Sequence[Entry], design: Design) -> None:
    """Blocks as numbered in the source; a last one that is cut short may lack arms, never have too many."""
    if design.method != "permuted_block" or any(entry.block is None for entry in entries):
        return
    sizes = design.settings().wholes("block_sizes")
    begins = [at for at, entry in enumerate(entries) if not at or entry.block != entries[at - 1].block]
    seen: set[int | None] = set()
    for at, end in zip(begins, [*begins[1:], len(entries)], strict=True):
        block, last = entries[at:end], end == len(entries)
        if block[0].block in seen:
            raise OutOfOrder(block[0].line, f"block {block[0].block} stands in the list in two places.")
        seen.add(block[0].block)
        if not any(_holds(block, design, size, cut_short=last) for size in sizes):
            raise BrokenBlock(
                block[0].line,
                f"block {block[0].block} has {_told(block, design)}, which is no block of {_sizes(sizes)} at "
                f"{':'.join(map(str, design.ratio))}.",
            )


def _holds(block: Sequence[Entry], design: Design, size: int, *, cut_short: bool) -> bool:
    counts = Counter(entry.arm for entry in block)
    due = [share * size // sum(design.ratio) for share in design.ratio]
    given = [counts[arm] for arm in design.arms]
    return given == due or (cut_short and all(n <= most for n, most in zip(given, due, strict=True)))


def _told(block: Sequence[Entry], design: Design) -> str:
    counts = Counter(entry.arm for entry in block)
    return ", ".join(f"{counts[arm]} {arm}" for arm in design.arms)


def _sizes(sizes: Sequence[int]) -> str:
    return " or ".join(str(size) for size in sorted(set(sizes)))


def _require_possible(entries: Sequence[Entry], design: Design) -> None:
    """Every arm had a chance above zero when it was its turn."""
    method = method_of(design, len(entries))
    memory = method.start()
    for entry in entries:
        arm = design.arms.index(entry.arm)
        try:
            possible = bool(method.law(memory)[arm])
            memory = method.after(memory, Step(arm)) if possible else memory
        except Refusal:
            possible = False
        if not possible:
            raise NeverDrawn(
                entry.line,
                f"{design.method} never gives {entry.arm} at position {entry.position} after those before.",
            )
