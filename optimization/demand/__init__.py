"""What sites will want: exact chances of every number of kits, from what is known today."""
