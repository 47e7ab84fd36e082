"""GS1 Digital Link: the same data fields, written as a web address of any domain."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote_to_bytes

from irt.gs1.dictionary import Identifier, identifiers
from irt.gs1.elements import Element
from irt.gs1.refusals import Contradiction, NotALink, UnknownIdentifier
from irt.gs1.values import too_long

_ADDRESS = re.compile(
    r"https?://(?P<domain>[A-Za-z0-9._:@\[\]-]+)(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?", re.IGNORECASE
)
# What a web address may hold at all (RFC 3986).
_SIGNS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_address(text: str) -> bool:
    """Whether the text is a web address at all."""
    return text[:8].lower().startswith(("http://", "https://"))


def read_link(text: str) -> list[Element]:
    """The fields of a Digital Link: key and qualifiers from the path, the rest from the query."""
    found = _ADDRESS.fullmatch(text) if _SIGNS.fullmatch(text) else None
    if found is None:
        raise NotALink("This is not a web address with a path. A Digital Link looks like https://example.org/01/….")
    path = _path_elements(found["path"])
    query = list(_query_elements(found["query"] or ""))
    _judge_query([element.identifier for element in path], query)
    return path + query


def link(elements: Sequence[Element], stem: str) -> str:
    """The address of the fields under a stem as https://example.org; NotALink where no field can be its key."""
    key = next((each for each in elements if each.identifier.qualifiers is not None), None)
    if key is None:
        raise NotALink("None of these data fields can be the key of a Digital Link.")
    held = {each.code: each for each in elements if each is not key}
    orders = key.identifier.qualifiers or ((),)
    order = max(orders, key=lambda each: sum(code in held for code in each))
    path = [key, *(held.pop(code) for code in order if code in held)]
    segments = "".join(f"/{each.code}/{quote(each.value, safe='')}" for each in path)
    query = "&".join(f"{each.code}={quote(each.value, safe='')}" for each in held.values())
    return f"{stem.rstrip('/')}{segments}{'?' + query if query else ''}"


def _path_elements(path: str) -> list[Element]:
    segments = path.split("/")
    elements: list[Element] = []
    while len(segments) >= 3:
        code, value = segments[-2:]
        identifier = identifiers().get(code)
        if identifier is None:
            break
        elements.insert(0, _element(identifier, value))
        if identifier.qualifiers is not None:
            return _ordered(elements)
        del segments[-2:]
    raise NotALink("The address holds no GS1 key, as /01/ and a GTIN in front of its serial number.")


def _ordered(elements: list[Element]) -> list[Element]:
    codes = [element.code for element in elements]
    if not _in_order(elements[0].identifier, codes[1:]):
        raise NotALink(f"The path holds {', '.join(codes)}, and a Digital Link cannot have them in this order.")
    return elements


def _in_order(key: Identifier, qualifiers: Sequence[str]) -> bool:
    """Whether the qualifiers are some of one of the key's orders, as they come."""
    for order in key.qualifiers or ():
        rest = iter(order)
        if all(code in rest for code in qualifiers):
            return True
    return False


def _query_elements(query: str) -> Iterator[Element]:
    """The parameters that are named by digits; others are for the web site."""
    for parameter in query.split("&"):
        code, equals, value = parameter.partition("=")
        if not equals or not code.isdecimal():
            continue
        identifier = identifiers().get(code)
        if identifier is None:
            raise UnknownIdentifier(f"The address holds {code}=, and GS1 knows no such data field.")
        yield _element(identifier, value.replace("+", " "))


def _element(identifier: Identifier, written: str) -> Element:
    if not written:
        raise NotALink(f"{identifier.name} has no value in the address.")
    if _ESCAPE.search(written):
        raise NotALink(f"{identifier.name} holds a % without its two hexadecimal digits.")
    # Bytes beyond ASCII become signs that no data field may hold, and are refused as such.
    value = unquote_to_bytes(written).decode("latin-1")
    if len(value) > identifier.length_max:
        raise too_long(identifier, value)
    return Element(identifier, value)


def _judge_query(path: Sequence[Identifier], query: Sequence[Element]) -> None:
    """What stands in the query must be allowed there, and not belong into the path."""
    seen = {identifier.code for identifier in path}
    for element in query:
        if element.code in seen:
            raise Contradiction(f"{element.identifier.name} stands twice in the address.")
        seen.add(element.code)
        if not element.identifier.in_query:
            raise NotALink(f"{element.identifier.name} cannot stand behind the ? of a Digital Link.")
        if _belongs_into(path, element.code):
            raise NotALink(
                f"{element.identifier.name} belongs into the path of this Digital Link, not behind the ?."
            )


def _belongs_into(path: Sequence[Identifier], code: str) -> bool:
    key, qualifiers = path[0], [identifier.code for identifier in path[1:]]
    places = range(len(qualifiers) + 1)
    return any(_in_order(key, [*qualifiers[:place], code, *qualifiers[place:]]) for place in places)
