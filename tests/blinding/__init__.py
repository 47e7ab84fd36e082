"""Blinding as a whole: what blinded people can get is compared between worlds that differ in treatment alone."""
