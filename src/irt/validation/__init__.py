"""The validation pack: what is claimed of which rule, what shows it, and how an installation is qualified."""
