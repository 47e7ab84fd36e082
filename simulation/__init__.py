"""A trial played forward: the production rules run against a clock of their own."""
