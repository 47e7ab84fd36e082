"""The JSON Schema of a study file, for completion and checks in an editor."""

from typing import Any

from irt.study.definition import StudyDefinition

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def study_schema() -> dict[str, Any]:
    """Draft 2020-12, with a title for every part and every key."""
    schema = StudyDefinition.model_json_schema(mode="validation")
    for part in (schema, *schema["$defs"].values()):
        for name, key in part.get("properties", {}).items():
            key["title"] = name.replace("_", " ").capitalize()
    return {"$schema": DIALECT, **schema, "title": "Study definition"}
