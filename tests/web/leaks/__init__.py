"""The leak linter: what it reads, whom it asks, and the leaks that it has to find."""
