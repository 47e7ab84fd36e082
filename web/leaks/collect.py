"""Everybody who is blinded opens everything: pages by their routes, questions of the API, lists to their last page.

Pages are found by the application's own routes, so that a new one is looked at without being named here. What two
roles are shown alike is gathered once.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from web.leaks.caller import Answer, Caller
from web.leaks.material import Material, Owner, Truth
from web.leaks.people import Looker
from web.leaks.sheet import Sheet, sheet_of

API = "/api/v1/"
PAGES_MAX, SCREENS_MAX = 80, 8
"""Of a list, over the API and on the screen: there each page is made of the whole list, and says the same."""
EXAMPLES = 2
_BLANK = re.compile(r"\{(\w+):(\w+)\}")
_OTHERS = re.compile(
    r"^/(static|sign-in|sign-out|health|ready|openapi|api/docs|api/v1/openapi|calendar/\{|doors|parcel|jobs)|/export$"
)
"""Of nobody's data, or for whoever holds a label or an address with a secret in it."""
_NEXT = re.compile(r'"next":\s*(?:"([^"]+)"|(\d+))')
_LINK = re.compile(r'href="([^"]*[?&](?:after|before|page)=[^"]*)"')
_UNDER = {
    "subjects": "subject",
    "kits": "kit",
    "shipments": "shipment",
    "depot-shipments": "shipment",
    "depot": "shipment",
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """What routes leave blank: the study, its subjects, kits, shipments and places."""

    study_id: int
    subjects: Sequence[str]
    kits: Sequence[str]
    shipments: Sequence[str]
    sites: Sequence[str]
    depots: Sequence[str]
    groups: Sequence[str]


class Asked(NamedTuple):
    """An address, and whose it is."""

    address: str
    owner: Owner


@dataclass(slots=True)
class Looking:
    """What was gathered, and which pages were reached, or left out since their address could not be filled.

    `instant` says when, where it was not at the end. `letters`: how many were read.
    """

    material: Material = field(default_factory=Material)
    reached: dict[str, list[str]] = field(default_factory=dict)
    unfilled: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    instant: str = ""
    letters: int = 0


def look(
    caller: Caller,
    lookers: Sequence[Looker],
    routes: Iterable[str],
    numbers: Numbers,
    truth: Truth,
    instant: str = "",
) -> Looking:
    """Everything that anybody of them can get by asking."""
    looking = Looking(instant=instant)
    for route in sorted(set(routes)):
        if _OTHERS.search(route):
            continue
        asked = list(addresses(route, numbers))
        if not asked:
            looking.unfilled.append(route)
            continue
        known: set[str] = set()
        for looker in lookers:
            _look_as(caller, looker, route, asked, truth, looking, known)
    return looking


def _look_as(
    caller: Caller,
    looker: Looker,
    route: str,
    asked: Sequence[Asked],
    truth: Truth,
    looking: Looking,
    known: set[str],
) -> None:
    """One role's answers, unless the first of them say what another role's said."""
    first = [_answers(caller, looker, each) for each in asked[:EXAMPLES]]
    opened = [answer for answers in first for answer in answers if answer.status == 200]
    looking.faults += [f"{looker.role} {route}" for answers in first for answer in answers if answer.status >= 500]
    if not opened:
        return
    looking.reached.setdefault(route, []).append(str(looker.role))
    said = repr([_told(sheet_of(answer)) for answer in opened])
    if said in known:
        return
    known.add(said)
    where = f"{looking.instant} {looker.role} {route}".strip()
    for each, answers in zip(asked[:EXAMPLES], first, strict=True):
        _take(looking.material, where, each, answers, truth)
    for each in asked[EXAMPLES:]:
        _take(looking.material, where, each, _answers(caller, looker, each), truth)


def _told(sheet: Sheet) -> object:
    """What an answer says without its frame, which names the reader."""
    return sorted((name, tuple(values)) for name, values in sheet.facts.items() if name not in _FRAME)


_FRAME = ("text", "size of the answer")


def _take(material: Material, where: str, asked: Asked, answers: Iterable[Answer], truth: Truth) -> None:
    for answer in answers:
        if answer.status == 200:
            material.take(where, asked.owner, sheet_of(answer), truth)


def _answers(caller: Caller, looker: Looker, asked: Asked) -> list[Answer]:
    """An answer and, where it is a page of a list, those that follow."""
    headers = looker.bearer if asked.address.startswith(API) else looker.cookie
    found: list[Answer] = []
    address, seen = asked.address, set[str]()
    most = PAGES_MAX if asked.address.startswith(API) else SCREENS_MAX
    while address and address not in seen and len(found) < most:
        seen.add(address)
        answer = caller.get(address, headers)
        found.append(answer)
        address = _following(asked.address, answer, seen) if answer.status == 200 else ""
    return found


def _following(address: str, answer: Answer, seen: set[str]) -> str:
    path = address.partition("?")[0]
    text = answer.body.decode("utf-8", "replace") if len(answer.body) < 2_000_000 else ""
    if address.startswith(API):
        mark = _NEXT.search(text)
        return f"{path}?limit=200&after={mark[1] or mark[2]}" if mark else ""
    links = (unescape(link) for link in _LINK.findall(text))
    ahead = [link if link.startswith("/") else path + link for link in links if "before=" not in link]
    return next((link for link in ahead if link.partition("?")[0] == path and link not in seen), "")


def addresses(route: str, numbers: Numbers) -> Iterator[Asked]:
    """Every address of a route, its blanks filled; none where a blank stands for what nobody can number."""
    blanks = _BLANK.findall(route)
    filled = route.replace("{study_id:int}", str(numbers.study_id))
    left = [name for name, _ in blanks if name != "study_id"]
    tail = "?limit=200" if route.startswith(API) else ""
    if not left:
        yield Asked(filled + tail, Owner())
        return
    if len(left) > 1:
        return
    for kind, value in _values(left[0], route, numbers):
        yield Asked(_BLANK.sub(value, filled) + tail, Owner(kind, value))


def _values(blank: str, route: str, numbers: Numbers) -> list[tuple[str, str]]:
    by_name = {"site": numbers.sites, "depot": numbers.depots, "group": numbers.groups}
    if blank in by_name:
        return [("", value) for value in by_name[blank]]
    if blank != "number" or f"{{{blank}:int}}" in route:
        return [("", "1")] if f"{{{blank}:int}}" in route else []
    before = route.split("/{number", maxsplit=1)[0].split("/")
    kind = next((_UNDER[part] for part in reversed(before) if part in _UNDER), "")
    found = {"subject": numbers.subjects, "kit": numbers.kits, "shipment": numbers.shipments}.get(kind, ())
    return [(kind if kind != "shipment" else "", value) for value in found]
