"""Pages with invented data, to look at and to measure: nothing here is shipped."""
