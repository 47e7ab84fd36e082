"""The stream and what is drawn from it: words by hand, rejection, blocks each as likely, sequences drawn again."""

import re
from collections import Counter
from fractions import Fraction
from itertools import product
from math import factorial, lcm
from pathlib import Path
from typing import Any

from irt.errors import Refusal
from irt.randomization.drawing import Arrival, among, draw_arm, draw_sequence, drawable
from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.queries import Answering, query_of
from irt.randomization.scheme import TooFewArms
from irt.randomization.stream import Draw, Seed, Stream, commitment, stream_id
from tests.irt.randomization.test_stream import KNOWN_WORDS
from tests.validation.asking import Case, a_design, every_history, factors_of
from tests.validation.check import check
from tests.validation.oracles import covariates, responses, restricted
from tests.validation.oracles import stream as plain

F = Fraction
KEY = bytes(range(32))
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "randomization.md"
EXAMPLE = "IRT-RNG/1|NB-301|permuted_block/1|ldl=LT85;region=EU"


class Told(Stream):
    """A stream whose words are given beforehand, by attempt."""

    __slots__ = ("words",)

    def __init__(self, *words: int) -> None:
        super().__init__(KEY, "told")
        self.words = words

    def u64(self, index: int, attempt: int = 0) -> int:
        """The word of that attempt."""
        return self.words[attempt]


class Counted(Stream):
    """A stream whose numbers are given beforehand, by index."""

    __slots__ = ("numbers",)

    def __init__(self, numbers: dict[int, int]) -> None:
        super().__init__(KEY, "counted")
        self.numbers = numbers

    def below(self, modulus: int, index: int) -> Draw:
        """The number of that index."""
        return Draw(self.stream_id, index, 0, self.numbers[index], modulus, self.numbers[index])


@check("stream", "known answer", "openssl dgst -sha256 -mac HMAC, and RFC 2104 written with SHA-256 alone")
def stream_words_known() -> int:
    """Published words at several names, indices and attempts."""
    for name, index, attempt, word in KNOWN_WORDS:
        assert f"{Stream(KEY, name).u64(index, attempt):016x}" == word, name
    for index in range(200):
        stream = Stream(KEY, "S")
        message = b"S\x00" + index.to_bytes(8, "big") + (index % 3).to_bytes(4, "big")
        assert stream.u64(index, index % 3) == int.from_bytes(plain.hmac_sha256(KEY, message)[:8], "big")
    return 200 + len(KNOWN_WORDS)


@check("stream", "known answer", "docs/reference/randomization.md, the worked example")
def stream_page_known() -> int:
    """The eight numbers of the page's table, and the list A P A P A A P P."""
    rows = re.findall(r"^\| (\d) \| `([0-9a-f]{16})` \| (\d) \| (\d) \|", PAGE.read_text(), re.MULTILINE)
    assert len(rows) == 8
    for index, word, below, value in rows:
        draw = Stream(KEY, EXAMPLE).below(int(below), int(index))
        assert (f"{draw.u64:016x}", draw.value, draw.attempt) == (word, int(value), 0), index
    design = a_design("permuted_block", block_sizes=[4, 6])
    drawn = draw_sequence(design, Stream(KEY, EXAMPLE), (Arrival(),) * 8)
    assert "".join("AP"[each.arm] for each in drawn) == "APAPAAPP"
    return 16


@check("stream", "property", "rejection makes every number exactly as likely")
def stream_rejection() -> int:
    """Words from floor(2^64 / m) m upwards are drawn again, the last one below is not; the value is word mod m."""
    compared = 0
    for modulus in (3, 5, 6, 7, 10**9, 2**63 + 1, 2**64 - 1):
        limit = 2**64 // modulus * modulus
        kept = Told(limit - 1, 0).below(modulus, 0)
        assert (kept.attempt, kept.value, kept.u64) == (0, modulus - 1, limit - 1), f"below {modulus}"
        for over in (limit, 2**64 - 1):
            again = Told(over, over, 5 % modulus).below(modulus, 0)
            assert (again.attempt, again.value) == (2, 5 % modulus), f"below {modulus}: word {over} was kept"
        compared += 3
    for modulus in (1, 2, 2**32, 2**64):
        top = Told(2**64 - 1).below(modulus, 0)
        assert (top.attempt, top.value) == (0, modulus - 1)
        compared += 1
    return compared


@check("stream", "second route", "docs/reference/randomization.md, joined words")
def stream_numbers_route() -> int:
    """Numbers below moduli of one, two and three words, with rejection, from SHA-256 alone."""
    moduli = [2, 3, 5, 7, 19, 100, 2**63 + 1, 2**64, 2**64 + 1, 3 * 2**64, 10**30, 2**127 + 1, 2**128 + 1, 10**50]
    for modulus in moduli:
        for index in range(12):
            draw = Stream(KEY, "S|é").below(modulus, index)
            assert draw.value == plain.number(KEY, "S|é", index, modulus), f"below {modulus} at {index}"
            assert (draw.index, draw.modulus) == (index, modulus)
    return 12 * len(moduli)


@check("stream", "property", "IRT-RNG/1: four parts, NFC, escaped")
def stream_names() -> int:
    """Trial, method, version and stratum all stand in the name, each stratum has a stream of its own."""
    assert stream_id("T|1", "m/1", "a=b%") == "IRT-RNG/1|T%7C1|m/1|a=b%25"
    assert stream_id("E\u0301", "m/1", "") == "IRT-RNG/1|\u00c9|m/1|"
    seed = Seed(KEY, "NB-301", "2")
    assert seed.stream("permuted_block", "sex=F").stream_id == "IRT-RNG/1|NB-301|permuted_block/2|sex=F"
    assert len({seed.stream(method, stratum).stream_id for method in ("a", "b") for stratum in ("c", "d")}) == 4
    assert commitment(KEY) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
    assert repr(KEY) not in repr(seed)
    return 6


@check("stream", "property", "docs/reference/randomization.md: words and numbers as texts")
def draw_records() -> int:
    """One word to 2^64 with its modulus as a number, two words above with modulus and value as texts."""
    for modulus, digits, kind in ((6, 16, int), (2**64, 16, int), (2**64 + 1, 32, str), (2**128, 32, str)):
        record: Any = Stream(KEY, "S").below(modulus, 4).record()
        assert len(record["u64"]) == digits, modulus
        assert isinstance(record["modulus"], kind), modulus
        assert int(record["u64"], 16) % modulus == int(record["value"])
    return 12


@check("stream", "property", "an event has exactly its probability")
def stream_bernoulli() -> int:
    """Over every value of the number drawn, p of 2/3 happens for two of three."""
    for p in (F(2, 3), F(1, 2), F(0), F(1), F(3, 7)):
        happened = sum(Counted({0: value}).bernoulli(p, 0)[0] for value in range(p.denominator))
        assert happened == p.numerator, p
    return 5


@check("blocks", "property", "Fisher and Yates 1938, Durstenfeld 1964: every order of a block is as likely")
def blocks_are_uniform() -> int:
    """Over all values of all draws: six arrangements of four, twenty of six, fifteen of 4:2, ninety of 2:2:2."""
    compared = 0
    for ratio, size in (((1, 1), 4), ((1, 1), 6), ((2, 1), 6), ((1, 1, 1), 6), ((1, 1), 2)):
        arms = tuple("ABC"[: len(ratio)])
        blocks = PermutedBlock(arms, ratio, (size,), (1,))
        found = Counter(
            blocks.draw_block(Counted(dict(enumerate(values))), 0).arms
            for values in product(*(range(last + 1) for last in range(size - 1, 0, -1)))
        )
        holds = [size * share // sum(ratio) for share in ratio]
        number = factorial(size)
        for count in holds:
            number //= factorial(count)
        assert len(found) == number, f"{len(found)} of {number} blocks of {size}, {ratio}"
        assert len(set(found.values())) == 1, f"blocks of {size} are not as likely as each other"
        compared += number
    return compared


@check("blocks", "property", "sizes are independent and as likely as their weights")
def block_sizes_are_uniform() -> int:
    """Over every value of the number that draws the size; the next block begins at the next number."""
    blocks = PermutedBlock(("A", "B"), (1, 1), (2, 4, 6), (1, 2, 1))
    sizes = []
    for value in range(4):
        block = blocks.draw_block(Counted({7: value, **dict.fromkeys(range(8, 20), 0)}), 7)
        sizes.append(len(block.arms))
        assert block.next_counter == 8 + len(block.arms) - 1
    assert sizes == [2, 4, 4, 6], sizes
    return 8


@check("drawing", "second route", "docs/reference/randomization.md, what is drawn at which index")
def sequences_drawn_again() -> int:
    """Arms of sequences of eight designs, from SHA-256 and the second route's chances; and the chances beside."""
    compared = 0
    for method, ratio, params, law in (
        ("complete", (3, 2, 1), {}, lambda h: restricted.complete(h, (3, 2, 1))),
        ("efron", (1, 1), {"p": "2/3"}, lambda h: restricted.efron(h, F(2, 3))),
        ("big_stick", (1, 1), {"mti": 2}, lambda h: restricted.big_stick(h, 2)),
        ("wei_urn", (1, 1, 1), {"initial": 1, "added": 2}, lambda h: restricted.wei_urn(h, 3, F(1), F(2))),
        ("random_allocation", (1, 1), {}, restricted.random_allocation(10, (1, 1))),
        ("truncated_binomial", (1, 1), {}, restricted.truncated_binomial(10)),
        ("maximal", (1, 1), {"mti": 2}, restricted.maximal(10, 2, balanced=True)),
        ("block_urn", (2, 1), {"lambda": 2}, lambda h: restricted.block_urn(h, (2, 1), 2)),
    ):
        design: Any = a_design(method, ratio, **params)
        for name in ("one", "two", "three"):
            history: list[int] = []
            for number, drawn in enumerate(draw_sequence(design, Stream(KEY, name), (Arrival(),) * 10), start=1):
                chances: Any = law(tuple(history))
                whole = _common(chances)
                arm = plain.arm_of(chances, plain.number(KEY, name, number, whole))
                assert drawn.arm == arm, f"{method}, subject {number}: {drawn.arm}, not {arm}"
                assert drawn.chances == chances
                assert [(d.index, d.modulus) for d in drawn.draws] == [(number, whole)], drawn.draws
                history.append(arm)
                compared += 1
    return compared


def _common(chances: Any) -> int:
    return lcm(*(chance.denominator for chance in chances))


@check("drawing", "second route", "docs/reference/randomization.md, permuted blocks")
def blocks_drawn_again() -> int:
    """Lists of six designs of blocks from SHA-256 alone, the last block cut short; each number is used once."""
    compared = 0
    for ratio, sizes in (
        ((1, 1), [4]),
        ((1, 1), [2, 4, 6]),
        ((2, 1), [3, 6]),
        ((1, 1, 1), [3]),
        ((3, 2), [5]),
        ((1, 1), [4, 4]),
    ):
        for name in ("one", "two", EXAMPLE):
            design = a_design("permuted_block", ratio, block_sizes=sizes)
            drawn = draw_sequence(design, Stream(KEY, name), (Arrival(),) * 23)
            assert [each.arm for each in drawn] == plain.blocks(KEY, name, ratio, sizes, 23), (
                f"{ratio} {sizes} {name}"
            )
            indices = [draw.index for each in drawn for draw in each.draws]
            assert indices == list(range(len(indices)))
            compared += 23
    return compared


@check("drawing", "second route", "docs/reference/randomization.md: levels and responses go into the next law")
def adaptive_drawn_again() -> int:
    """A minimized and a play-the-winner sequence, each subject's chances by the second route."""
    profiles = [("a", "b"), ("b", "b"), ("a", "c"), ("a", "b"), ("b", "a"), ("a", "b")] * 3
    design = a_design("minimization", factors=factors_of(2, 3), p="4/5")
    history: list[int] = []
    arrivals = [Arrival(profile) for profile in profiles]
    for place, drawn in enumerate(draw_sequence(design, Stream(KEY, "m"), arrivals)):
        made = covariates.scores(history, profiles[:place], profiles[place], (1, 1), (F(1), F(1)), "range")
        chances: Any = covariates.minimization(made, (1, 1), F(4, 5), "shared")
        arm = plain.arm_of(chances, plain.number(KEY, "m", place + 1, _common(chances)))
        assert (drawn.arm, drawn.chances) == (arm, chances), f"minimization, subject {place + 1}"
        history.append(arm)
    told: list[int | None] = [1, 0, None, 1, 1, 0] * 3
    given: list[int] = []
    urn = a_design("play_the_winner", initial=1, added=1)
    for place, drawn in enumerate(draw_sequence(urn, Stream(KEY, "w"), [Arrival((), each) for each in told])):
        chances = responses.play_the_winner(given, told[:place], (1, 1), F(1), F(1))
        arm = plain.arm_of(chances, plain.number(KEY, "w", place + 1, _common(chances)))
        assert (drawn.arm, drawn.chances) == (arm, chances), f"play_the_winner, subject {place + 1}"
        given.append(arm)
    return len(profiles) + len(told)


@check("drawing", "property", "integer chances are cumulated in the order of the arms")
def arms_have_their_chances() -> int:
    """Over every value of the number drawn, each arm comes up exactly as often as its chance says, in order."""
    compared = 0
    for chances in (
        (F(1, 2), F(1, 3), F(1, 6)),
        (F(0), F(1)),
        (F(1), F(0)),
        (F(2, 5), F(0), F(3, 5)),
        (F(1, 4), F(3, 4)),
    ):
        whole = _common(chances)
        arms = [draw_arm(chances, Counted({3: value}), 3)[0] for value in range(whole)]
        assert arms == [arm for arm, chance in enumerate(chances) for _ in range(int(chance * whole))], chances
        compared += whole
    return compared


@check("drawing", "property", "irrational chances are multiples of 2^-53, the last arm has the rest")
def irrational_chances() -> int:
    """Rounded to the nearest, in whole numbers that sum to one; fractions are left alone."""
    third = F(round(F(1 / 3) * 2**53), 2**53)
    law = drawable((1 / 3, 1 / 3, 1 - 2 / 3))
    assert law == (third, third, 1 - 2 * third), law
    assert drawable((0.7, 0.3)) == (F(round(0.7 * 2**53), 2**53), 1 - F(round(0.7 * 2**53), 2**53))
    assert drawable((F(1, 3), F(2, 3))) == (F(1, 3), F(2, 3))
    assert drawable((F(1, 3), 2 / 3))[0] == F(round(F(1, 3) * 2**53), 2**53)
    return 4


@check("drawing", "property", "a draw among some arms has the chances given these")
def among_some_arms() -> int:
    """In proportion; none where all that is left has no chance."""
    assert among((F(1, 2), F(1, 3), F(1, 6)), {0, 2}) == (F(3, 4), 0, F(1, 4))
    assert among((F(1, 2), F(1, 2)), {0, 1}) == (F(1, 2), F(1, 2))
    try:
        among((F(0), F(1)), {0})
    except TooFewArms:
        return 3
    raise AssertionError("an arm without a chance was drawn")


@check("drawing", "property", "the same seed, the same sequence; another seed or name, another one")
def seeds_settle_sequences() -> int:
    """For every method that draws one by one, forty subjects."""
    compared = 0
    for method, params in (("complete", {}), ("efron", {"p": "2/3"}), ("permuted_block", {"block_sizes": [4]})):
        design: Any = a_design(method, **params)
        first, again, other, name = (
            [each.arm for each in draw_sequence(design, Stream(key, stream), (Arrival(),) * 40)]
            for key, stream in ((KEY, "a"), (KEY, "a"), (KEY[::-1], "a"), (KEY, "b"))
        )
        assert first == again
        assert first not in (other, name)
        compared += 2
    return compared


@check("questions", "property", "rationals stay exact, decimals are read literally")
def numbers_are_literal() -> int:
    """0.7 is 7/10, "2/3" two thirds; an unknown arm or level, too many responses are refused."""
    efron, three = a_design("efron", p=0.7), a_design("efron", p="2/3")
    assert Answering(efron).law(query_of(efron, {"history": [0]})) == (F(3, 10), F(7, 10))
    assert Answering(three).law(query_of(three, {"history": [0]})) == (F(1, 3), F(2, 3))
    refused = [
        (efron, {"history": [2]}),
        (efron, {"history": [-1]}),
        (efron, {"history": [0], "responses": [1, 1]}),
        (efron, {"history": ["A"]}),
        (efron, {"n": 0}),
        (efron, {"arms": []}),
        (a_design("minimization", factors=factors_of(2), p="4/5"), {"history": [], "subject": ["z"]}),
        (
            a_design("minimization", factors=factors_of(2), p="4/5"),
            {"history": [0], "subjects": [], "subject": ["a"]},
        ),
        (a_design("minimization", factors=factors_of(2), p="4/5"), {"history": [], "subject": []}),
    ]
    for design, data in refused:
        try:
            Answering(design).law(query_of(design, data))
        except Refusal:
            continue
        raise AssertionError(f"{data} was answered")
    return 2 + len(refused)


@check("questions", "property", "memories kept from one question to the next change no answer")
def answers_do_not_hang_on_order() -> int:
    """Every history of up to five asked in three orders, and each by itself."""
    design = a_design("wei_urn", initial=1, added=1)
    cases = list(every_history(2, 5))
    alone = {case: Answering(design).law(query_of(design, case.query())) for case in cases}
    for order in (cases, cases[::-1], cases[::2] + cases[1::2]):
        answering = Answering(design)
        for case in order:
            assert answering.law(query_of(design, Case(case.history).query())) == alone[case], case
    return 3 * len(cases)
