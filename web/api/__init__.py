"""What other systems use: a documented JSON API, opened by bearer tokens and by nothing else."""
