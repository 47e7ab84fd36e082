"""Labels of kits in words: what each region asks for, the text of a country, and the sheets they are printed on.

A text is the same for every kit of a blinding group; nothing here knows what is inside.
"""
