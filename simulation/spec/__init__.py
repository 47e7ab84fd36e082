"""Scenario files: a study, the world it is run in, and what goes wrong."""
