"""The commands of the web room."""
