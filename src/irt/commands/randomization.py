"""`irt randomization`: what a design does, asked from outside a study."""

import click

from irt.commands.subcommands import Subcommands

# Each is loaded when it is used: some bring numerical libraries that take long to load.
SUBCOMMANDS = {
    "probabilities": "irt.commands.randomization_probabilities",
    "draw": "irt.commands.randomization_draw",
    "list": "irt.commands.randomization_list:list_arms",
    "import-list": "irt.commands.randomization_list_import",
    "study-list": "irt.commands.randomization_study_list",
    "prove-line": "irt.commands.randomization_list_proof",
    "check-line": "irt.commands.randomization_list_proof",
    "export": "irt.commands.randomization_export",
    "holder-key": "irt.commands.randomization_custody",
    "seal": "irt.commands.randomization_custody",
    "unseal": "irt.commands.randomization_custody",
    "end": "irt.commands.randomization_custody",
    "reveal": "irt.commands.randomization_custody",
    "verify": "irt.commands.randomization_verify",
    "assess": "irt.commands.randomization_assess",
    "compare": "irt.commands.randomization_compare",
    "boundaries": "irt.commands.randomization_boundaries",
    "test": "irt.commands.randomization_test",
    "test-study": "irt.commands.randomization_test_study",
    "responses": "irt.commands.randomization_responses",
}


@click.group(cls=Subcommands, rooms=SUBCOMMANDS)
def randomization() -> None:
    """Chances, draws and figures of a randomization design, which is one JSON or YAML file.

    Example: irt randomization probabilities design.json --queries queries.jsonl
    """
