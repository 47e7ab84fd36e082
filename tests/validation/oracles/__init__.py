"""Second routes: each method written once more, plainly, from its paper; nothing here imports the engine."""
