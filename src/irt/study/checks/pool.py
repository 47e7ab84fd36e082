"""A pool keeps kits for other studies: it has no sites of its own, and each study on its list stands there once."""

from collections.abc import Iterator

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.problems import Finding


def pools_with_sites(draft: Draft) -> Iterator[Finding]:
    """Kits given to subjects of the pool itself would be missing from what it can reserve."""
    if not draft.study.serves:
        return
    sentence = "a pool keeps kits for the studies it serves; it has no sites of its own"
    if draft.study.sites:
        yield Finding("PoolWithSites", ("sites",), sentence)
    for name, size in draft.study.sizes.items():
        if size.sites:
            yield Finding("PoolWithSites", ("sizes", name, "sites"), sentence)


def studies_served_twice(draft: Draft) -> Iterator[Finding]:
    """One line a study; itself it cannot serve."""
    seen = {draft.study.study.protocol}
    for index, served in enumerate(draft.study.serves):
        if served.protocol in seen:
            sentence = f"`{served.protocol}` is the pool itself, or on the list already"
            yield Finding("ServedTwice", ("serves", index, "protocol"), sentence)
        seen.add(served.protocol)


def types_served_twice(draft: Draft) -> Iterator[Finding]:
    """Two kit types of the pool under one name: nobody could say which kits are meant."""
    for index, served in enumerate(draft.study.serves):
        names = list(served.kit_types.values())
        for pooled, name in served.kit_types.items():
            if names.count(name) > 1:
                sentence = f"two kit types of the pool are called `{name}` in study `{served.protocol}`"
                yield Finding("ServedTwice", ("serves", index, "kit_types", pooled), sentence)


CHECKS = (check(pools_with_sites), check(studies_served_twice, "study"), check(types_served_twice))
