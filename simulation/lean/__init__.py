"""The lean engine: SimPy keeps the calendar of places, people are played between its moments in machine code."""
