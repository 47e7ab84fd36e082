"""One plan by blinding group, opened for its pages: the head they share, and how a table is taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_people import place_in
from irt.reads.blinded_plans import BlindedPlan, BlindedPlanLine, blinded_plan
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.services.log_reading import LogReading, log_reading
from irt.study.blinded import BlindedStudy
from optimization.story.groups_sent import GroupsSent
from web.blinded.desk import Desk
from web.blinded.one_study import study_in, study_of
from web.downloads import table_answer, table_in
from web.frame import mode_of


@dataclass(frozen=True)
class BlindedPlanHead(BlindedView):
    """The head of every page of a plan."""

    study_id: int
    line: BlindedPlanLine
    consignments: int
    command_key: str


@dataclass(frozen=True)
class OpenGroups:
    """A plan of a study, and the study as blinded people may read it."""

    study_id: int
    study: BlindedStudy
    plan: BlindedPlan

    @property
    def names(self) -> dict[str, str]:
        """Blinding groups by code."""
        return {group.code: group.name for group in self.study.blinding_groups}

    @property
    def sent(self) -> list[GroupsSent]:
        """The plan's consignments, by day."""
        return [
            GroupsSent(
                one.lane,
                one.storage,
                one.origin,
                one.place,
                one.to_depot,
                one.dispatch_on,
                one.expected_on,
                tuple(sorted(one.by_group.items())),
            )
            for one in self.plan.consignments
        ]

    def words(self, kits: Mapping[str, int]) -> str:
        """Kits by blinding group, in words."""
        return ", ".join(f"{number} {self.names.get(group, group)}" for group, number in sorted(kits.items()))


def chosen_groups(desk: Desk, number: int) -> OpenGroups:
    """The plan in the study chosen, or the only one where the reader may see supply."""
    study_id = study_of(desk, Permission.VIEW_SUPPLY) or 0
    desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
    return open_groups(desk, study_id, number)


def open_groups(desk: Desk, study_id: int, number: int) -> OpenGroups:
    """The plan; NotFound where the study has none of that number."""
    with desk.store.reading() as connection:
        study = study_at(connection, study_id, approved_version(connection, study_id))
        return OpenGroups(study_id, study, blinded_plan(connection, study_id, number))


def head_of(desk: Desk, opened: OpenGroups) -> BlindedPlanHead:
    """The head, with a fresh key for its forms."""
    return BlindedPlanHead(opened.study_id, opened.plan.line, len(opened.plan.consignments), desk.key())


def plan_page(desk: Desk, opened: OpenGroups, template: str, view: BlindedView) -> Response[Any]:
    """A page of the plan."""
    title = f"Plan {opened.plan.line.number}"
    return desk.page(f"plans/{template}.html", view, title, "Supply", study_id=opened.study_id)


def posted_groups(desk: Desk, data: Mapping[str, str], number: int) -> OpenGroups:
    """The plan that a form is about; BadInput where the form names no study."""
    study_id = study_in(data)
    desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
    return open_groups(desk, study_id, number)


def taken_away(
    desk: Desk,
    opened: OpenGroups,
    data: Mapping[str, str],
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> Response[Any]:
    """A table as a file; that it was taken is written down. `name`: nothing for the consignments themselves."""
    suffix, number = table_in(data), opened.plan.line.number
    what = " ".join(filter(None, (f"plan {number}", name, "export")))
    ask = LogReading(study_id=opened.study_id, what=what, permission=Permission.VIEW_SUPPLY, rows=len(rows))
    desk.press(log_reading, ask, desk.key())
    with desk.store.reading() as connection:
        place = place_in(connection, desk.who.actor, opened.study_id, None)
    mode = mode_of(desk.who, place, desk.request.app.state.installation.settings.mode)
    return table_answer("_".join(filter(None, (f"plan_{number}", name))), mode, desk.now, heads, rows, suffix)
