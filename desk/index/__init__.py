"""Scores of a year under a scheme, leagues of institutions, plans."""
