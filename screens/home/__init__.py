"""The first page of each role, and all units of an institution on one page."""
