"""What moves a figure: a scenario played with its inputs changed, one at a time or along paths."""
