"""Advice beside a plan: other inputs, longer lives of lots, packaging campaigns."""
