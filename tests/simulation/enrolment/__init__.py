"""Tests of forecasts of enrolment."""
