"""Planning again from yesterday's plan: what still stands is kept, what no longer fits is planned anew."""
