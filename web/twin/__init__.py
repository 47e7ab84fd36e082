"""The live twin: what joins the simulation of a running study with the database."""
