"""What chance brings, drawn before anything is decided."""
