"""Gates: what is agreed, and how it is held."""
