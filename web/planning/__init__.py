"""The optimizer joined with the live database: problems from a study's facts, runs, and plans that are kept."""
