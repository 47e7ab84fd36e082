"""The document says what the API does: names, errors, tokens, examples; and its page needs nobody else."""

import re
from functools import cache
from typing import Any

import pytest

from irt.blinding.roles import Permission
from tests.web.api.system import System
from web.api.gate import SHOWS
from web.api.operations import BEARER
from web.api.room import documented_api, every_operation
from web.static_files import STATIC

NAMES = ["health", *(operation.operation_id for operation in every_operation())]


@cache
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path and operation by name, of the document, which takes two seconds to make."""
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in documented_api()["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_has_a_name_of_its_own() -> None:
    """Programs are made from these names."""
    told = [each["operationId"] for methods in documented_api()["paths"].values() for each in methods.values()]
    assert sorted(told) == sorted(NAMES)
    assert len(NAMES) == len(set(NAMES)) > 40
    assert all(re.fullmatch(r"[a-z_]+", name) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_is_whole(name: str) -> None:
    """Summary, description, one tag, an answer and every refusal in the one shape."""
    method, path, operation = operations()[name]
    assert operation["summary"]
    assert operation["description"]
    assert len(operation["tags"]) == 1
    assert operation["tags"][0] in {tag["name"] for tag in documented_api()["tags"]}
    refused = {int(status) for status in operation["responses"]} - {200}
    if path == "/api/v1/health":
        assert refused == {500}
        assert "security" not in operation
        return
    assert operation["security"] == [{BEARER: []}]
    is_file = "." in path.rpartition("/")[2]
    more = {409, 413} if method == "post" else {409} if is_file else set()
    assert refused == {400, 401, 403, 404, 429, 500} | more
    for status in refused:
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}


def test_no_answer_in_json_is_called_a_text() -> None:
    """A file in JSON is an object like every other answer, though its handler gives bytes."""
    answered = [(path, operation["responses"]["200"]["content"]) for _, path, operation in operations().values()]
    shapes = {
        path: content["application/json"]["schema"] for path, content in answered if "application/json" in content
    }
    assert [path for path, schema in shapes.items() if schema.get("type") == "string"] == []


@pytest.mark.parametrize("operation", every_operation(), ids=lambda operation: operation.operation_id)
def test_an_example_is_one_that_is_taken(operation: Any) -> None:
    """Each command's example has the shape of its service's ask, and its scope is a permission."""
    scope, example = operation.opt.get("token_scope"), operation.opt.get("request_example")
    assert scope is None or scope in set(Permission)
    if operation.http_methods == {"POST"}:
        shape = operation.parsed_fn_signature.parameters["data"].annotation
        assert shape.model_validate(example)


def test_commands_need_a_key_and_refuse_strange_fields() -> None:
    """Both stand in the document, so that generated programs know."""
    for method, _, operation in operations().values():
        if method != "post":
            continue
        keys = [each for each in operation["parameters"] if each["name"] == "Idempotency-Key"]
        assert [key["required"] for key in keys] == [True]
        name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        assert documented_api()["components"]["schemas"][name]["additionalProperties"] is False


def test_no_shape_of_a_blinded_operation_tells_a_treatment() -> None:
    """Arms stand in the answer of a code break, else only in those that the gate keeps from blinded people."""
    guarded = {each.operation_id for each in every_operation() if SHOWS in each.opt}
    shapes = documented_api()["components"]["schemas"]
    answered = [
        operation["responses"]
        for _, _, operation in operations().values()
        if operation["operationId"] not in guarded
    ]
    telling = [
        (name, field)
        for name in sorted(_named_in(answered))
        for field in shapes[name].get("properties", {})
        if field in {"arm", "arms", "kit_type", "contents", "assignment_number", "seed"}
    ]
    assert telling == [("TreatmentTold", "arms")]
    assert len(guarded) > 5


def _named_in(node: Any) -> set[str]:
    """Names of the shapes that a part of the document leads to."""
    if isinstance(node, list):
        return set().union(*map(_named_in, node))
    if not isinstance(node, dict):
        return set()
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        return {name} | _named_in(documented_api()["components"]["schemas"][name])
    return set().union(*map(_named_in, node.values()))


def test_the_document_is_served_as_it_is(onlooker: System) -> None:
    """Open to everybody: it holds nothing of any study."""
    answer = onlooker.client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json()) == (200, documented_api())


def test_the_page_brings_everything_itself(onlooker: System) -> None:
    """No address of another host, no script in the page, and the pages' policy but for styles."""
    page = onlooker.client.get("/api/docs")
    assert page.status_code == 200
    assert not re.search(r"(src|href)=\"(?!/static/)", page.text)
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]
    assert "unsafe-eval" not in page.headers["content-security-policy"]
    for address in re.findall(r"/static/([^\"?]+)", page.text):
        assert (STATIC / address).is_file()
