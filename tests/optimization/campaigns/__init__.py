"""Packaging campaigns: exact lot sizes, shared set-ups, promises and what is to be expected."""
