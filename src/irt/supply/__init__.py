"""Supply rules: which kit, how much, when."""
