"""A simulated trial carried out through the services on a database, to be compared with the simulation."""
