"""The kind of import contract the rooms are held to: from here nothing leads there, by whatever way."""

from fnmatch import fnmatchcase
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class NoWay(Contract):
    """No module that `sources` match may reach one that `forbidden` match.

    Patterns are those of file names; what `except_for` matches may be reached all the same. With
    `direct_only`, ways through other modules are open. A pattern that matches nothing is no error, so that a
    room can be fenced before it is built.
    """

    type_name = "no_way"

    sources = fields.ListField(subfield=fields.StringField())
    forbidden = fields.ListField(subfield=fields.StringField())
    except_for = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    direct_only = fields.BooleanField(required=False, default=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Looks for a way from every source."""
        del verbose
        own = _matching(graph, self.sources)
        forbidden = _matching(graph, self.forbidden) - own - _matching(graph, self.except_for)
        find = _direct_ways if self.direct_only else _ways
        return ContractCheck(kept=not (ways := find(graph, own, forbidden)), metadata={"ways": ways})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Prints each way, importer first."""
        for way in check.metadata["ways"]:
            output.print_error(" -> ".join(way))


def _direct_ways(graph: ImportGraph, own: set[str], forbidden: set[str]) -> list[tuple[str, ...]]:
    """Every import of a forbidden module."""
    found = {source: graph.find_modules_directly_imported_by(source) & forbidden for source in own}
    return [(source, target) for source in sorted(found) for target in sorted(found[source])]


def _ways(graph: ImportGraph, own: set[str], forbidden: set[str]) -> list[tuple[str, ...]]:
    """A shortest way from each source that has one."""
    ways = []
    for source in sorted(own & _leading_to(graph, forbidden)):
        target = min(graph.find_upstream_modules(source) & forbidden)
        ways.append(graph.find_shortest_chain(importer=source, imported=target) or ())
    return ways


def _leading_to(graph: ImportGraph, targets: set[str]) -> set[str]:
    """What imports one of them, directly or through others: looked for backwards, all at once."""
    found, waiting = set[str](), [*targets]
    while waiting:
        importing = graph.find_modules_that_directly_import(waiting.pop()) - found
        found |= importing
        waiting += importing
    return found


def _matching(graph: ImportGraph, patterns: Any) -> set[str]:
    return {module for module in graph.modules if any(fnmatchcase(module, pattern) for pattern in patterns)}
