"""A running study as a scenario: what it has, who is in it, and what might be changed."""
