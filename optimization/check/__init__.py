"""The checker every plan passes before anyone may approve it: it shares no code with what makes plans."""
