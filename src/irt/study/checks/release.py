"""Routes of release: every country is on one of them, and none on two."""

from collections.abc import Iterator

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.problems import Finding, did_you_mean


def countries_off_route(draft: Draft) -> Iterator[Finding]:
    """Where a study has routes, a country without one could never be supplied."""
    if not draft.study.release_routes:
        return
    for index, country in enumerate(draft.study.countries):
        if draft.study.route_to(country.code) is None:
            sentence = f"no release route leads to `{country.code}`, so no lot could ever be used there"
            yield Finding("NoRoute", ("countries", index, "code"), sentence)


def countries_on_two_routes(draft: Draft) -> Iterator[Finding]:
    """Named by two routes, or with its region in two and named by none, nobody could say which steps count."""
    seen: set[tuple[str, str]] = set()
    for index, route in enumerate(draft.study.release_routes):
        for kind, names in (("countries", route.countries), ("regions", route.regions)):
            for position, name in enumerate(names):
                if (kind, name) in seen:
                    path = ("release_routes", index, kind, position)
                    yield Finding("TwoRoutes", path, f"`{name}` is on a release route already")
                seen.add((kind, name))


def unknown_regions(draft: Draft) -> Iterator[Finding]:
    """A region that no country is in."""
    known = {country.region for country in draft.study.countries if country.region}
    for index, route in enumerate(draft.study.release_routes):
        for position, region in enumerate(route.regions):
            if region not in known:
                sentence = f"no country of this study is in the region `{region}`{did_you_mean(region, known)}"
                yield Finding("UnknownRegion", ("release_routes", index, "regions", position), sentence)


CHECKS = (
    check(countries_off_route, "countries", "release_routes"),
    check(countries_on_two_routes),
    check(unknown_regions, "countries"),
)
