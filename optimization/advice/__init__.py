"""Advice beside a plan: other inputs, longer lives of lots, and how much to pack when."""
