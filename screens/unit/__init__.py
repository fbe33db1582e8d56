"""A unit's index: dashboard, change, what to mend, follow-up."""
