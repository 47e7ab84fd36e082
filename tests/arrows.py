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
        ways = [way for source in sorted(_matching(graph, self.sources)) for way in self._ways_from(graph, source)]
        return ContractCheck(kept=not ways, metadata={"ways": ways})

    def _ways_from(self, graph: ImportGraph, source: str) -> list[tuple[str, ...]]:
        own, open_ = _matching(graph, self.sources), _matching(graph, self.except_for)
        forbidden = _matching(graph, self.forbidden) - own - open_
        if self.direct_only:
            imported = graph.find_modules_directly_imported_by(source)
            return [(source, target) for target in sorted(imported & forbidden)]
        reached = sorted(graph.find_upstream_modules(source) & forbidden)
        return [graph.find_shortest_chain(importer=source, imported=target) or () for target in reached[:1]]

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Prints each way, importer first."""
        for way in check.metadata["ways"]:
            output.print_error(" -> ".join(way))


def _matching(graph: ImportGraph, patterns: Any) -> set[str]:
    return {module for module in graph.modules if any(fnmatchcase(module, pattern) for pattern in patterns)}
