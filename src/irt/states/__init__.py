"""Lifecycles, as tables."""
