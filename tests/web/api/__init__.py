"""The API of other systems, driven as they would: with tokens and nothing else."""
