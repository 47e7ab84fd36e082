"""Runs of many replications: cut into chunks, worked off by any backend, kept as they are done, joined in order."""
