"""What replications tell: figures with intervals, gates, comparisons, causes. Pure functions of arrays."""
