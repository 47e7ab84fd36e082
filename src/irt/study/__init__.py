"""The protocol, as values."""
