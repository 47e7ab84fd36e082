"""The engine: a plan and a bound for it, depot by depot and temperature class by temperature class."""
