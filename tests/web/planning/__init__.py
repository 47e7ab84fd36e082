"""The optimizer on live databases."""
