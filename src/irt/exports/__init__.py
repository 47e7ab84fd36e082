"""Study data on its way to other systems: plain facts in, files out, in two editions."""
