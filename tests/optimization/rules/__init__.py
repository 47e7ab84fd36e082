"""Rules of resupply played through on planning problems."""
