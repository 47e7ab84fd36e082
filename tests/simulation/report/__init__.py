"""Reports on trials that were played."""
