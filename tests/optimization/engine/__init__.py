"""The engine of the optimizer, part by part."""
