"""The gate before go-live: what is agreed beforehand, held against every scenario, review by review."""
