"""How proposals and reasons of resupply are told on the command line: by kit type, or by blinding group."""

from collections import Counter, defaultdict
from typing import Any

from irt.reads.unblinded_explain import SiteReasons
from irt.study.definition import StudyDefinition
from irt.supply.explanation import Explanation, TypeReason
from irt.supply.planner import ProposedShipment


def told_by_type(proposal: ProposedShipment, place: str = "site") -> dict[str, Any]:
    """A proposal with its lines by kit type and lot; `place` says what it goes to."""
    lines = [{"kit_type": line.kit_type, "lot": line.lot, "kits": line.kits} for line in proposal.lines]
    return {**_way(proposal, place), "lines": lines}


def told_by_group(definition: StudyDefinition, proposal: ProposedShipment, place: str = "site") -> dict[str, Any]:
    """A proposal with the sums that a blinded person will count in the parcel."""
    kits: Counter[str] = Counter()
    for line in proposal.lines:
        kits[definition.kit_type(line.kit_type).blinding_group] += line.kits
    lines = [{"blinding_group": group, "kits": number} for group, number in sorted(kits.items())]
    return {**_way(proposal, place), "lines": lines}


def _way(proposal: ProposedShipment, place: str) -> dict[str, Any]:
    return {place: proposal.site, "depot": proposal.depot, "dispatch_on": proposal.dispatch_on.isoformat()}


def type_reasons(reasons: SiteReasons) -> dict[str, Any]:
    """Everything that was counted, by kit type, and each rule that prevented more."""
    told = _head(reasons)
    if (explanation := reasons.explanation) is not None:
        told |= {"planner": explanation.planner, "rule": explanation.rule}
        told["types"] = [
            {"kit_type": one.kit_type, **(one.facts or {}), "sent": one.sent, "why_not": list(one.why_not)}
            for one in explanation.types
        ]
    return told


def group_reasons(reasons: SiteReasons) -> dict[str, Any]:
    """Sums that a blinded person can count anyway, and whether the group is ordered; never which type was low."""
    told = _head(reasons)
    if (explanation := reasons.explanation) is not None:
        groups: dict[str, list[TypeReason]] = defaultdict(list)
        for one in explanation.types:
            groups[one.blinding_group].append(one)
        told["groups"] = [_group(code, members, explanation) for code, members in sorted(groups.items())]
    return told


def _group(code: str, members: list[TypeReason], explanation: Explanation) -> dict[str, Any]:
    counted = [one.facts for one in members if one.facts is not None]
    sent = sum(one.sent for one in members)
    return {
        "blinding_group": code,
        "there_or_coming": sum(facts["considered"] + facts["past_dnc"] for facts in counted),
        "sent": sent,
        "why_not": [] if sent else [explanation.barred.get(code, "nothing is due, or the depot cannot send it")],
    }


def _head(reasons: SiteReasons) -> dict[str, Any]:
    told: dict[str, Any] = {"site": reasons.site, "day": reasons.day.isoformat(), "night_plans": reasons.reviewed}
    if reasons.explanation is None:
        return {**told, "not_supplied": reasons.not_supplied}
    leaves = reasons.explanation.dispatch_on
    return {**told, "leaves_on": leaves.isoformat(), "waits": list(reasons.explanation.waits)}
