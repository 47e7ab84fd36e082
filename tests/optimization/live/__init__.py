"""A live network as a problem, on networks that can be counted by hand."""
