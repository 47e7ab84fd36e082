"""Rules of resupply on a planning problem: min/max and predictive beside the optimizer, priced by one checker."""
