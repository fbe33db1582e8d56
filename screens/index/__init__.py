"""Scores beside each other: league, map, plans, schemes."""
