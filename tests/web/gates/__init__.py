"""Go-live gates on live databases."""
