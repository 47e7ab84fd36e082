"""The leak linter: a trial carried out, looked at by all who are blinded, and an adversary's guess at arms."""
