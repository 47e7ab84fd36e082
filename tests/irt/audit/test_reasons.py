"""Whoever changes, ends or takes back what was recorded says why, and nobody can switch the trail off."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import irt.services
from irt.audit.reasons import REASONED
from irt.services.unit_of_work import perform

SERVICES = Path(irt.services.__file__).parent
ASKED = re.compile(
    r"need_reason|(reason|assessment): str = Field\(.*min_length=1|reason: str\)"
    r"|ask\.(reason|outcome|findings|said)"
)


@cache
def _trees() -> dict[str, ast.Module]:
    return {file.stem: ast.parse(file.read_text()) for file in SERVICES.glob("*.py")}


@cache
def _constants() -> dict[str, set[object]]:
    """What each service's file names, by file: there are too many to be looked through for each act."""
    return {
        name: {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        for name, tree in _trees().items()
    }


def _names(tree: ast.AST, act: str) -> bool:
    return any(isinstance(node, ast.Constant) and node.value == act for node in ast.walk(tree))


@pytest.mark.parametrize("act", sorted(REASONED))
def test_the_act_is_written_with_its_reason(act: str) -> None:
    """Some service writes it, asks for a reason, and every call that names the act hands the reason on."""
    writing = {name: tree for name, tree in _trees().items() if act in _constants()[name]}
    assert writing
    for name, tree in writing.items():
        assert ASKED.search((SERVICES / f"{name}.py").read_text())
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        naming = [call for call in calls if any(_names(part, act) for part in [*call.args, *call.keywords])]
        for call in naming:
            handed = {keyword.arg for keyword in call.keywords} | {ast.unparse(part) for part in call.args}
            assert any("reason" in (each or "") for each in handed), ast.unparse(call)


def test_nothing_switches_the_trail_off() -> None:
    """One function commits use cases; it writes the trail in between, asks no setting, and refuses an empty one."""
    words = ast.unparse(next(node for node in ast.walk(_trees()["unit_of_work"]) if _is_committing(node)))
    assert words.index("write_audit(work)") > words.index("if not work.drafts")
    assert "raise IntegrityFault" in words
    for name in ("unit_of_work", "audit", "audit_draft", "work"):
        text = (SERVICES / f"{name}.py").read_text()
        assert not re.search(r"environ|getenv|settings|debug|disable", text)
    assert set(perform.__annotations__) == {"store", "actor", "at", "service", "ask", "key", "return"}


def _is_committing(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "_perform_once"
