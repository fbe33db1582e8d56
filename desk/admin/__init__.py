"""Accounts of people, and the trace of what they did."""
