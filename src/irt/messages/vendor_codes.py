"""A message in the words of the vendor's own system, and back: sites, depots and kits by the codes it gave us."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from irt.errors import BadInput
from irt.messages.catalogue import KITS, made
from irt.messages.message import Message


class UnknownCode(BadInput):
    """The message names something by a code that nobody agreed with this vendor."""

    def __init__(self, what: str, code: str) -> None:
        super().__init__(
            f"Nobody agreed on the {what} code {code} with this vendor. Nothing was booked. Correct it, or have "
            "it entered and send the message again."
        )


@dataclass(frozen=True, slots=True)
class Codes:
    """A vendor's codes in force: our site, depot and product -> its code; `skus` what it may call kits at all."""

    sites: Mapping[str, str] = field(default_factory=dict)
    depots: Mapping[str, str] = field(default_factory=dict)
    skus: frozenset[str] = frozenset()


def in_their_codes(message: Message, codes: Codes, sku_of: Mapping[str, str]) -> Message:
    """The message as it leaves: our own words stay, the vendor's codes stand beside them where it gave us some."""
    facts, fields = message.model_dump(), type(message).model_fields
    if "depot_code" in fields:
        facts["depot_code"] = codes.depots.get(facts["depot"])
    if "destination_code" in fields:
        destination = facts["destination"]
        facts["destination_code"] = codes.sites.get(destination) or codes.depots.get(destination)
    if sku_of and fields.keys() >= {KITS, "ship_to"}:
        facts[KITS] = [{**kit, "sku": sku_of.get(kit["number"])} for kit in facts[KITS]]
    return made(type(message), facts)


def in_our_words(message: Message, codes: Codes) -> Message:
    """The message as it came, with our words for the vendor's codes; UnknownCode, naming it, for any other."""
    facts = message.model_dump()
    for name, known in (("site", codes.sites), ("depot", codes.depots), ("sender", codes.depots)):
        if name in facts:
            facts[name] = _ours(name, facts[name], known)
    for kit in facts.get(KITS, ()):
        if kit.get("sku") is not None and kit["sku"] not in codes.skus:
            raise UnknownCode("SKU", kit["sku"])
    return made(type(message), facts)


def _ours(what: str, written: Any, known: Mapping[str, str]) -> str:
    """Our word for a code; our own word is taken as well."""
    ours = {code: record for record, code in known.items()}
    if written in ours:
        return ours[written]
    if known and written not in known:
        raise UnknownCode(what, written)
    return str(written)
