"""Counts into indices: the satisfaction index of a unit, scores under a scheme, leagues, plans."""
