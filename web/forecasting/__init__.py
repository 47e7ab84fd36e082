"""Enrolment of a live study, foreseen: what joins the forecast with the database."""
