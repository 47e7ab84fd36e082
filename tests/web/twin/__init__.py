"""Tests of the live twin."""
