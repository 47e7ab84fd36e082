"""Trials carried out through the services."""
