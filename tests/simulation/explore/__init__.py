"""Experiments on scenarios."""
