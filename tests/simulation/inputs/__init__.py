"""What chance brings."""
