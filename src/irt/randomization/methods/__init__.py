"""The methods of randomization, one noun one file."""
