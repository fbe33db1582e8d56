"""Measurements, to be run by hand: they need a quiet machine, so no test does."""
