"""The way of a blinded lot to each country: which steps are signed there, in which order."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from irt.states.release import OF_WHOLE_ROUTE, ReleaseStepKind
from irt.study.part import Code, Part


class RouteStep(Part):
    """One step of a route."""

    kind: ReleaseStepKind
    another_person: bool = Field(default=False, description="signed by nobody who signed a step before it")


_K = ReleaseStepKind
_CERTIFIED = (
    RouteStep(kind=_K.QP_CERTIFICATION),
    RouteStep(kind=_K.COUNTRY_APPROVAL),
    RouteStep(kind=_K.RELEASE_TO_TRIAL, another_person=True),
)
PRESETS: dict[str, tuple[RouteStep, ...]] = {
    "eu": _CERTIFIED,
    "uk": _CERTIFIED,
    "us": (RouteStep(kind=_K.QUALITY_RELEASE), RouteStep(kind=_K.RELEASE_TO_TRIAL, another_person=True)),
    "import": (
        RouteStep(kind=_K.QP_CERTIFICATION),
        RouteStep(kind=_K.IMPORT_RELEASE, another_person=True),
        RouteStep(kind=_K.COUNTRY_APPROVAL),
        RouteStep(kind=_K.RELEASE_TO_TRIAL, another_person=True),
    ),
}
"""Routes by name, for a study that writes no steps of its own."""


class ReleaseRoute(Part):
    """The steps before a lot may be used in some countries; a route called as a preset needs none written."""

    code: Code
    countries: tuple[Code, ...] = ()
    regions: tuple[str, ...] = Field(default=(), description="every country of these regions")
    steps: Annotated[tuple[RouteStep, ...], Field(description="where left out: the preset of that name")] = ()

    @model_validator(mode="after")
    def _can_be_walked(self) -> Self:
        kinds = [step.kind for step in self.in_order]
        if not kinds:
            raise ValueError(f"should list steps, or be called {', '.join(PRESETS)}")
        if len(set(kinds)) < len(kinds):
            raise ValueError("should have each step once")
        reach = [kind in OF_WHOLE_ROUTE for kind in kinds]
        if reach != sorted(reach, reverse=True):
            raise ValueError("should begin with the steps about the batch; those of a country follow")
        return self

    @property
    def in_order(self) -> tuple[RouteStep, ...]:
        """The steps as they are walked."""
        return self.steps or PRESETS.get(self.code, ())


def route_to(routes: Sequence[ReleaseRoute], country: Code, region: str) -> ReleaseRoute | None:
    """The route that leads to a country: one that names it, else that of its region; None where there is none."""
    naming = (route for route in routes if country in route.countries)
    of_region = (route for route in routes if region and region in route.regions)
    return next(naming, None) or next(of_region, None)
