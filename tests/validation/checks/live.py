"""Live allocation: strata, arms, agents and rows between one subject and the next."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from irt.randomization.lists.frozen_list import FrozenList, numbered
from irt.randomization.lists.generate_list import generate_list
from irt.randomization.lists.merkle import merkle_root, proof_of, proves
from irt.randomization.lists.structure import ListFault, check_list
from irt.randomization.platform import Platform
from irt.randomization.procedures import procedure_for
from irt.randomization.scheme import Subject
from irt.randomization.stream import Seed
from irt.study.randomization_plan import Agent
from tests.irt.randomization.builders import KEY, arms, assign_all, blocks, minimizing
from tests.validation.asking import a_design
from tests.validation.check import check
from tests.validation.oracles import covariates
from tests.validation.oracles import stream as plain

F = Fraction
SEED = Seed(KEY, "NB-301")
AGENTS = tuple(Agent(code=code, active=code + "1", placebo=code + "0") for code in "xyz")


@check("live", "second route", "docs/reference/randomization.md: the n-th subject of a stratum gets the n-th arm")
def strata_have_lists_of_their_own() -> int:
    """Sixty subjects of four strata in mixed order, against four lists made from SHA-256."""
    procedure = procedure_for(blocks(2, 4, strata=("sex", "site")), arms(1, 1))
    levels = list(product("FM", ("101", "202")))
    order = [levels[(7 * n * n + n) % 4] for n in range(60)]
    subjects = [Subject(n, {"sex": sex, "site": site}) for n, (sex, site) in enumerate(order, start=1)]
    given: dict[Any, list[str]] = {}
    for subject, allocation in zip(subjects, assign_all(procedure, subjects, SEED), strict=True):
        given.setdefault((subject.levels["sex"], subject.levels["site"]), []).append(allocation.arm)
    for (sex, site), codes in given.items():
        name = f"IRT-RNG/1|NB-301|permuted_block/1|sex={sex};site={site}"
        listed = plain.blocks(KEY, name, (1, 1), (2, 4), len(codes))
        assert codes == ["AB"[arm] for arm in listed], name
    return 60


@check("live", "second route", "docs/reference/randomization.md: dynamic draws by assignment number; recounted")
def minimized_live() -> int:
    """Forty subjects, three arms, sex of double weight, assignment numbers with gaps: each arm drawn again."""
    procedure = procedure_for(minimizing("sex*2", "site", p="0.8"), arms(1, 1, 1))
    profiles = [("FM"[n % 2], ("101", "202", "303")[n * n % 3]) for n in range(40)]
    subjects = [Subject(3 * n + 5, {"sex": sex, "site": site}) for n, (sex, site) in enumerate(profiles)]
    history: list[int] = []
    for place, allocation in enumerate(assign_all(procedure, subjects, SEED)):
        made = covariates.scores(history, profiles[:place], profiles[place], (1, 1, 1), (F(2), F(1)), "range")
        chances: Any = covariates.minimization(made, (1, 1, 1), F(4, 5), "shared")
        whole = max(chance.denominator for chance in chances)
        while any((chance * whole).denominator > 1 for chance in chances):
            whole += 1
        number = plain.number(KEY, "IRT-RNG/1|NB-301|minimization/1|", subjects[place].number, whole)
        arm = plain.arm_of(chances, number)
        assert allocation.arm == "ABC"[arm], f"subject {place + 1}: {allocation.arm}"
        assert tuple(chance for _, chance in allocation.probabilities) == chances, f"subject {place + 1}"
        history.append(arm)
    return 40


@check("platform", "known answer", "ACTIV-6: each active arm and placebo as a whole have 1/(m+1)")
def platform_known() -> int:
    """For every set of agents: the stated chances, and the draws' own over every pair of numbers."""
    platform = Platform(tuple(code for agent in AGENTS for code in (agent.active, agent.placebo)), AGENTS)
    compared = 0
    for m in (1, 2, 3):
        for eligible in combinations("xyz", m):
            law = dict(platform.probabilities({}, Subject(1, agents=eligible)))
            assert sum(law.values()) == 1
            for code in "xyz":
                inside = code in eligible
                assert law[code + "1"] == (F(1, m + 1) if inside else 0), f"{code} of {eligible}"
                assert law[code + "0"] == (F(1, m * (m + 1)) if inside else 0), f"{code} of {eligible}"
            for number in range(1, 13):
                got = platform.assign({}, Subject(number, agents=eligible), SEED).arm
                active = plain.number(KEY, "IRT-RNG/1|NB-301|platform/1|active or placebo", number, m + 1) < m
                agent = eligible[plain.number(KEY, "IRT-RNG/1|NB-301|platform/1|agent", number, m)]
                assert got == agent + ("1" if active else "0"), f"subject {number} of {eligible}"
                compared += 1
    return compared


@check("lists", "second route", "docs/reference/randomization.md: a list is its stratum's stream")
def lists_drawn_again() -> int:
    """Two strata, each from its own stream, its last block cut short."""
    made = generate_list(
        a_design("permuted_block", block_sizes=[2, 4]), KEY, "IRT-RNG/1|T|permuted_block/1|", ["s=1", "s=2"], 13
    )
    for stratum, entries in made.by_stratum():
        listed = plain.blocks(KEY, f"IRT-RNG/1|T|permuted_block/1|{stratum}", (1, 1), (2, 4), 13)
        assert [entry.arm for entry in entries] == ["AB"[arm] for arm in listed], stratum
        assert [entry.position for entry in entries] == list(range(1, 14))
    assert Counter(entry.stratum for entry in made.entries) == {"s=1": 13, "s=2": 13}
    return 26


@check("lists", "property", "a list that its design could not have made is refused")
def lists_are_judged() -> int:
    """A good list passes; a broken block, a missing, doubled or swapped position, a short list do not."""
    design = a_design("permuted_block", block_sizes=[4])
    good = list(numbered("", "ABBABABAAABB", [1] * 4 + [2] * 4 + [3] * 4))
    assert _judged(FrozenList(tuple(good)), design) == ""
    broken = [
        ("BrokenBlock", list(numbered("", "ABBAABAAAABB", [1] * 4 + [2] * 4 + [3] * 4))),
        ("OutOfOrder", [*good[:5], *good[6:]]),
        ("DuplicatePosition", [*good[:5], good[4], *good[6:]]),
        ("OutOfOrder", [*good[:4], good[5], good[4], *good[6:]]),
        ("ListTooShort", good[:-1]),
        ("UnknownArm", list(numbered("", "ABBABABAAABZ", [1] * 4 + [2] * 4 + [3] * 4))),
        ("NeverDrawn", list(numbered("", "AABB" * 2 + "AAAB", [None] * 12))),
    ]
    for reason, entries in broken:
        assert _judged(FrozenList(tuple(entries)), design) == reason
    return 1 + len(broken)


def _judged(found: FrozenList, design: Any) -> str:
    """The name of the refusal of a list of twelve; empty where it passes."""
    try:
        check_list(found, design, (), 12)
    except ListFault as refusal:
        return type(refusal).__name__
    return ""


@check("lists", "property", "a Merkle proof holds for its line and for no other")
def merkle_proofs_hold() -> int:
    """Lists of one to nine lines: every line is proved, and a changed arm, place or root is not."""
    compared = 0
    for length in range(1, 10):
        made = FrozenList(tuple(numbered("", ("ABAABBABA"[:length]), [None] * length)))
        root = merkle_root(KEY, made)
        for place in range(length):
            proof = proof_of(KEY, made, place)
            assert proves(proof, root), f"line {place} of {length}"
            assert not proves(proof._replace(line=proof.line.replace("A", "C").replace("B", "A")), root)
            compared += 2
        other = FrozenList(tuple(numbered("", ("BBAABBABA"[:length]), [None] * length)))
        assert merkle_root(KEY, other) != root
    return compared
