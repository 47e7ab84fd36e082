"""Policies of resupply, side by side."""
