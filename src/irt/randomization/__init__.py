"""Randomization procedures: exact probabilities from design, state and subject, then a draw."""
