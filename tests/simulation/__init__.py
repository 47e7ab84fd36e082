"""The simulator, room by room."""
