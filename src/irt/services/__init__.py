"""Verbs: one file is one use case in one transaction."""
