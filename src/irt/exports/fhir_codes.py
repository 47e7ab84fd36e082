"""Codes of FHIR R5 that may be used, from the code systems as HL7 publishes them (CC0).

The models that build resources do not look at codes; this does.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from irt.errors import IntegrityFault

_HL7 = "http://hl7.org/fhir"
BOUND: dict[tuple[str, str], str] = {
    ("Bundle", "type"): f"{_HL7}/bundle-type",
    ("ResearchStudy", "status"): f"{_HL7}/publication-status",
    ("ResearchSubject", "status"): f"{_HL7}/publication-status",
    ("SupplyDelivery", "status"): f"{_HL7}/supplydelivery-status",
    ("MedicationDispense", "status"): f"{_HL7}/CodeSystem/medicationdispense-status",
}
"""Elements that are plain codes with a required binding -> the code system they are from."""
USE = f"{_HL7}/identifier-use"


def check_codes(bundle: Mapping[str, Any]) -> int:
    """How many codes were looked up; IntegrityFault names the first that its system does not have."""
    looked_up = 0
    for system, code, where in _codes(bundle):
        if code not in _systems().get(system, ()):
            raise IntegrityFault(f"{where}: {code} is no code of {system}")
        looked_up += 1
    return looked_up


@cache
def _systems() -> dict[str, frozenset[str]]:
    text = files("irt.exports").joinpath("fhir_codes.json").read_text(encoding="utf-8")
    return {system: frozenset(told["codes"]) for system, told in json.loads(text)["systems"].items()}


def _codes(node: Any, kind: str = "") -> Iterator[tuple[str, str, str]]:
    """System, code and place of every code: codings, uses of identifiers, and what BOUND lists."""
    if isinstance(node, list):
        for one in node:
            yield from _codes(one, kind)
        return
    if not isinstance(node, Mapping):
        return
    kind = str(node.get("resourceType", kind))
    for name, value in node.items():
        if "resourceType" in node and (kind, name) in BOUND:
            yield BOUND[kind, name], value, f"{kind}.{name}"
        elif name == "identifier":
            for one in value if isinstance(value, list) else [value]:
                if "use" in one:
                    yield USE, one["use"], f"{kind}.identifier.use"
        elif name == "coding":
            for one in value:
                yield one.get("system", ""), one.get("code", ""), f"{kind}.coding"
        yield from _codes(value, kind)
