"""Seeded faults of the engine: small slips that a programmer could make, each of which the checks must notice."""
