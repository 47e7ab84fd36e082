"""Whole ways through the pages, in a real browser on a running server."""
