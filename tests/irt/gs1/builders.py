"""Made-up data fields: values that fit the table of identifiers, and codes of kits."""

from hypothesis import strategies as st

from irt.gs1.check_characters import CSET_82, check_digit
from irt.gs1.elements import Element, element

GS = "\x1d"
GTIN = "09506000134352"
SIGNS = st.text(alphabet=CSET_82, min_size=1, max_size=20)
GTINS = st.from_regex(r"[0-9]{13}", fullmatch=True).map(lambda digits: digits + check_digit(digits))
DAYS = st.dates().map(lambda day: f"{day:%y%m%d}")
PLAIN_VALUES = {"17": DAYS, "11": DAYS, "10": SIGNS, "21": SIGNS, "22": SIGNS, "240": SIGNS, "7240": SIGNS}


@st.composite
def items(draw: st.DrawFn) -> list[Element]:
    """An item number with some of what may follow it, in any order."""
    codes = draw(st.lists(st.sampled_from(sorted(PLAIN_VALUES)), unique=True))
    rest = [element(code, draw(PLAIN_VALUES[code])) for code in codes]
    return [element("01", draw(GTINS)), *rest]
