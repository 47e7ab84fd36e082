"""What plans tell, on a network small enough to be reckoned by hand."""
