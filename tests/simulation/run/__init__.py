"""Runs of replications: chunks, parts, backends, and what becomes of them."""
