"""Several people at one moment, on both databases."""
