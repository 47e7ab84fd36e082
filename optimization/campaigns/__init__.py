"""Packaging campaigns: how much of each kit type to pack, and when, at the least cost for a promised service."""
