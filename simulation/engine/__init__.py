"""Engines that play a scenario's inputs: the readable one, and the fast one that must equal it."""
