"""Running a study through its own services, day by day: real enrolment replayed, or demonstration data."""
