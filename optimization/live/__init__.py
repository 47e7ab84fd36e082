"""A running study's network as a problem to plan, and a plan as what is to leave it."""
