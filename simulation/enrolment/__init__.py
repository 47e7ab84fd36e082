"""Enrolment: what is learned from the subjects so far, and when how many more are to be expected."""
