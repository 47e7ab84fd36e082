"""Reports on simulated trials: the same figures as a page, as a file that stands alone, and on paper."""
