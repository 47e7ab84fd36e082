"""Exports: every allocation with all that an outsider needs to make it again, and the replay that does so."""
