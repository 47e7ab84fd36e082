"""Commands that join the pages, or an engine, with the live database."""
