"""Engines that play scenarios."""
