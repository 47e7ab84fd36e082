"""The policy laboratory: rules of resupply on documented demand paths, beside what nobody could do better."""
