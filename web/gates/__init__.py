"""The simulator joined with the live database: go-live gates read, run part by part, and their records kept."""
