"""The exact model of small problems, by lot and day: what the engine's bounds and plans are held against."""
