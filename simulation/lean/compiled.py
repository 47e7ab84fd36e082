"""Machine code of functions over `World`: kept beside its file, made again when any file of this package changes.

In the source a function says `w.stock[place, pile]`, and runs as it stands. Machine code gets all arrays as one
(`simulation.lean.layout`), as whole numbers `w` and as reals `f` of the same bytes: fifty arrays that are handed on
one by one take minutes to compile.
"""

import ast
import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit, types
from numba.extending import intrinsic

from simulation.lean.layout import BEGINS, COLUMNS, HEAD_WIDTH, NAMES, REALS, axes_of

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
Make = Callable[[Callable[..., Any]], Callable[..., Any]]
MADE_OF = frozenset({"columns", "world", "layout", "compiled", "machine"})
_ALIKE: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_njit: Any = njit
"""Without its types, which leave out that nobody outside calls a part."""
_njit_types: Any = types
_parts: set[Callable[..., Any]] = set()


def part(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """A function that can be made into machine code: numbers, arrays of `World`, loops, calls of other parts."""
    _parts.add(function)
    return function


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Machine code that only machine code calls."""
    return cast("Callable[..., Any]", _njit(**_ALIKE, no_cpython_wrapper=True)(function))


def _first_of(typing: Any, array: Any) -> Any:
    """Where an array begins: machine code over places in memory is made in half the time, and quicker."""
    del typing

    def code(context: Any, builder: Any, _: Any, told: Any) -> Any:
        return context.make_array(array)(context, builder, told[0]).data

    return _njit_types.CPointer(array.dtype)(array), code


first_of: Any = intrinsic(_first_of)


@cache
def over_one_array(function: Callable[..., Any], make: Make = compiled) -> Callable[..., Any]:
    """A part, and all that it calls, over one array; `make` makes something of each."""
    own = function.__globals__
    called = {name: own[name] for name in function.__code__.co_names if name in own}
    parts = {name: one for name, one in called.items() if inspect.isfunction(one) and one in _parts}
    others = {name: over_one_array(one, make) for name, one in parts.items()}
    return make(_flattened(function, {**own, **others}))


def kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """Machine code that is called from outside; its name tells the content of all its files."""
    function.__qualname__ = f"{function.__qualname__}_{_digest()}"
    return cast("Callable[..., Any]", _njit(**_ALIKE, cache=True)(function))


def _digest() -> str:
    """Of all files that machine code comes from: those with parts, and what these are made of."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    texts = [file.read_bytes() for file in files]
    made_of = [text for file, text in zip(files, texts, strict=True) if b"@part" in text or file.stem in MADE_OF]
    return hashlib.sha256(b"".join(made_of)).hexdigest()[:16]


def _flattened(function: Callable[..., Any], names: dict[str, Any]) -> Callable[..., Any]:
    """The function over one array in place of `World`."""
    tree = ast.parse(inspect.getsource(function))
    ast.increment_lineno(tree, function.__code__.co_firstlineno - 1)
    flat = ast.fix_missing_locations(_Flat(tree).visit(tree))
    exec(compile(flat, function.__code__.co_filename, "exec"), names)  # noqa: S102 - the package's own source
    return cast("Callable[..., Any]", names[function.__name__])


class _Flat(ast.NodeTransformer):
    """Puts places in one array in the place of arrays of their own."""

    def __init__(self, tree: ast.AST) -> None:
        self._heads: dict[int, ast.stmt] = {}
        self._rows = {name for node in ast.walk(tree) if isinstance(node, ast.Assign) for name in _rows_in(node)}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.decorator_list, node.returns = [], None
        for argument in node.args.args:
            argument.annotation = None
        if node.args.args[0].arg == "w":
            node.args.args.insert(1, ast.arg("f"))
        node.body[:0] = self._heads.values()
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        return ast.Assign([node.target], cast("ast.expr", node.value))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "len" and (name := _array(node.args[0])):
            return self._head(name, 1 + 0)
        self.generic_visit(node)
        if node.args and _is_w(node.args[0]):
            node.args.insert(1, ast.Name("f", ast.Load()))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        shape = node.value
        if isinstance(shape, ast.Attribute) and shape.attr == "shape" and (name := _array(shape.value)):
            return self._head(name, 1 + cast("int", cast("ast.Constant", node.slice).value))
        self.generic_visit(node)
        index = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name := _array(node.value):
            place = self._place(name, index)
            if len(index) < axes_of(name):
                return place
            return ast.Subscript(ast.Name("f" if name in REALS else "w", ast.Load()), place, node.ctx)
        if isinstance(node.value, ast.Name) and node.value.id in self._rows:
            place = ast.BinOp(ast.Name(node.value.id, ast.Load()), ast.Add(), index[0])
            return ast.Subscript(ast.Name("w", ast.Load()), place, node.ctx)
        return node

    def _place(self, name: str, index: list[ast.expr]) -> ast.expr:
        """Where an entry is, or where a row begins."""
        place = ast.Constant(BEGINS[name]) if name in BEGINS else self._head(name, 0)
        for axis, one in enumerate(index):
            last = axis == axes_of(name) - 1
            step = one if last else ast.BinOp(one, ast.Mult(), self._apart(name, axis))
            place = ast.BinOp(place, ast.Add(), step)
        return place

    def _apart(self, name: str, axis: int) -> ast.expr:
        """How far apart two rows of an axis are."""
        if axis == axes_of(name) - 2 and name in COLUMNS:
            return ast.Constant(COLUMNS[name])
        return self._head(name, 5 + axis)

    def _head(self, name: str, column: int) -> ast.expr:
        """What the head says of an array, looked up once in each function."""
        place = NAMES.index(name) * HEAD_WIDTH + column
        if place not in self._heads:
            found = ast.Subscript(ast.Name("w", ast.Load()), ast.Constant(place), ast.Load())
            self._heads[place] = ast.Assign([ast.Name(f"head_{place}", ast.Store())], found)
        return ast.Name(f"head_{place}", ast.Load())


def _rows_in(node: ast.Assign) -> list[str]:
    """Names that are given a row of an array."""
    target, value = node.targets[0], node.value
    pairs = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = [*zip(target.elts, value.elts, strict=True)]
    return [one.id for one, given in pairs if isinstance(one, ast.Name) and _is_row(given)]


def _is_row(node: ast.AST) -> bool:
    if not isinstance(node, ast.Subscript) or not (name := _array(node.value)):
        return False
    return axes_of(name) == 2 and not isinstance(node.slice, ast.Tuple)


def _is_w(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "w"


def _array(node: ast.AST) -> str:
    """The name of an array of `w`; empty for anything else."""
    return node.attr if isinstance(node, ast.Attribute) and _is_w(node.value) and node.attr in NAMES else ""
