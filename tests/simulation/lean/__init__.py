"""The lean engine beside the reference engine."""
