"""What is known of sites' rates after so many months, with every hyperparameter left open."""
