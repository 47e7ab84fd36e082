"""Frozen lists: arms written down before the first subject, checked line by line and sealed by their hash."""
