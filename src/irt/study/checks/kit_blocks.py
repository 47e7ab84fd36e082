"""Kit blocks in the file: the lots of a blinded lot at one depot say the same, and blocks come out even."""

from collections.abc import Iterator

from irt.errors import BadInput
from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.problems import Finding
from irt.supply.kit_blocks import composition


def uneven_blocks(draft: Draft) -> Iterator[Finding]:
    """A block that cannot hold each type in the same number would tell where it lies in the list."""
    for name, size in draft.study.sizes.items():
        for blinded, depot in dict.fromkeys((lot.blinded_lot, lot.depot) for lot in size.lots):
            here = (blinded, depot)
            together = [(place, lot) for place, lot in enumerate(size.lots) if (lot.blinded_lot, lot.depot) == here]
            asked = [(place, lot) for place, lot in together if lot.block_kits]
            for place, lot in asked[:1]:
                path = ("sizes", name, "lots", place, "block_kits")
                if len({one.block_kits for _, one in together}) > 1:
                    sentence = f"the lots of `{blinded}` say different numbers of kits in a block"
                    yield Finding("UnevenBlocks", path, sentence)
                    continue
                counts = {one.kit_type: 0 for _, one in together}
                for _, one in together:
                    counts[one.kit_type] += one.kits
                try:
                    composition(blinded, counts, lot.block_kits or 1)
                except BadInput as uneven:
                    yield Finding("UnevenBlocks", path, uneven.sentence.replace(" Nothing was booked.", ""))


CHECKS = (check(uneven_blocks, "sizes"),)
