"""Screening: which responses did not come as the others of their unit did, and say otherwise."""
