"""`irt simulate schema`: what a scenario file may say, for editors and other programs."""

import json

import click

from simulation.spec.reading import scenario_schema


@click.command()
def schema() -> None:
    """Print the JSON Schema of a scenario file.

    Example: irt simulate schema > scenario.schema.json
    """
    click.echo(json.dumps(scenario_schema(), indent=2))
