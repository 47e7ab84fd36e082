"""Demand as chances."""
