"""Temperature: what a logger measured, the mean kinetic temperature, and what is proposed for the kits.

The limits and windows are the study's; the decision is a person's.
"""
