"""The validation pack of the randomization engine: known answers, second routes, and faults that must be caught."""
