"""One file per button of the blinded pages."""
