"""The optimizer: problems, plans, and what they tell."""
