"""One file per button of the unblinded pages."""
